import type * as sdk from '@aws-sdk/client-cognito-identity-provider';
import { ClientTypeType } from '@aws-sdk/client-cognito-identity-provider';
import type { Operations } from '../operations.ts';
import type { Call } from '../service.ts';
import { clientSettings, randomText } from './client-settings.ts';
import { checkEnum, checkNumber, checkText, invalidParameter, namePattern } from './constraints.ts';
import { page } from './paging.ts';
import { putPool, requireClient, requirePool } from './pools.ts';
import type { ClientRecord } from './records.ts';

function describe({ createdAtMs, modifiedAtMs, ...client }: ClientRecord): sdk.UserPoolClientType {
  return { ...client, CreationDate: new Date(createdAtMs), LastModifiedDate: new Date(modifiedAtMs) };
}

async function createUserPoolClient(
  input: sdk.CreateUserPoolClientCommandInput,
  { engine, region }: Call,
): Promise<sdk.CreateUserPoolClientResponse> {
  const pool = requirePool(engine, region, input.UserPoolId);
  checkText(input.ClientName, { member: 'clientName', min: 1, max: 128, pattern: namePattern });
  if (input.GenerateSecret && input.ClientSecret)
    throw invalidParameter('GenerateSecret and ClientSecret cannot be used together.');
  const secret = input.GenerateSecret ? randomText(52) : input.ClientSecret;
  const nowMs = engine.clock();
  const client: ClientRecord = {
    ...clientSettings(pool, input, secret),
    ClientName: input.ClientName ?? '',
    ClientId: randomText(26),
    createdAtMs: nowMs,
    modifiedAtMs: nowMs,
  };
  await putPool(engine, { ...pool, clients: [...pool.clients, client] });
  return { UserPoolClient: describe(client) };
}

function describeUserPoolClient(
  input: sdk.DescribeUserPoolClientCommandInput,
  { engine, region }: Call,
): sdk.DescribeUserPoolClientResponse {
  return { UserPoolClient: describe(requireClient(requirePool(engine, region, input.UserPoolId), input.ClientId)) };
}

async function updateUserPoolClient(
  input: sdk.UpdateUserPoolClientCommandInput,
  { engine, region }: Call,
): Promise<sdk.UpdateUserPoolClientResponse> {
  const pool = requirePool(engine, region, input.UserPoolId);
  const client = requireClient(pool, input.ClientId);
  checkText(input.ClientName, { member: 'clientName', min: 1, max: 128, pattern: namePattern });
  const { ClientId, ...given } = input;
  const changed: ClientRecord = {
    ...clientSettings(pool, given, client.ClientSecret),
    ClientName: input.ClientName ?? client.ClientName,
    ClientId: client.ClientId,
    createdAtMs: client.createdAtMs,
    modifiedAtMs: engine.clock(),
  };
  await putPool(engine, { ...pool, clients: pool.clients.map((known) => (known === client ? changed : known)) });
  return { UserPoolClient: describe(changed) };
}

async function deleteUserPoolClient(
  input: sdk.DeleteUserPoolClientCommandInput,
  { engine, region }: Call,
): Promise<object> {
  const pool = requirePool(engine, region, input.UserPoolId);
  const client = requireClient(pool, input.ClientId);
  await putPool(engine, {
    ...pool,
    clients: pool.clients.filter((known) => known !== client),
    brandings: pool.brandings.filter((branding) => branding.clientId !== client.ClientId),
    customizations: pool.customizations.filter((customization) => customization.clientId !== client.ClientId),
  });
  return {};
}

function listUserPoolClients(
  input: sdk.ListUserPoolClientsCommandInput,
  { engine, region }: Call,
): sdk.ListUserPoolClientsResponse {
  const pool = requirePool(engine, region, input.UserPoolId);
  checkNumber(input.MaxResults, 'maxResults', { min: 1, max: 60 });
  const request = { limit: input.MaxResults ?? 60, token: input.NextToken };
  checkEnum(input.ClientType, 'clientType', ClientTypeType);
  // Dynamic client registration (DCR) is refused when a pool is made.
  const clients = input.ClientType === 'DCR' ? [] : pool.clients;
  const { items, next } = page(clients, (client) => client.ClientId, request);
  return {
    UserPoolClients: items.map(({ ClientId, ClientName }) => ({ ClientId, ClientName, UserPoolId: pool.id })),
    ...(next && { NextToken: next }),
  };
}

export const clientOperations = {
  CreateUserPoolClient: createUserPoolClient,
  DeleteUserPoolClient: deleteUserPoolClient,
  DescribeUserPoolClient: describeUserPoolClient,
  ListUserPoolClients: listUserPoolClients,
  UpdateUserPoolClient: updateUserPoolClient,
} satisfies Operations<sdk.CognitoIdentityProvider>;
