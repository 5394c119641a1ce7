import type * as sdk from '@aws-sdk/client-cognito-identity-provider';
import type { Operations } from '../operations.ts';
import { AwsError, type Call } from '../service.ts';
import { checkNumber, checkText, invalidParameter } from './constraints.ts';
import { page } from './paging.ts';
import { putPool, requirePool } from './pools.ts';
import type { PoolRecord, ResourceServerRecord } from './records.ts';

function describe(pool: PoolRecord, server: ResourceServerRecord): sdk.ResourceServerType {
  return { UserPoolId: pool.id, Identifier: server.identifier, Name: server.name, Scopes: server.scopes };
}

function requireServer(pool: PoolRecord, identifier: string | undefined): ResourceServerRecord {
  const server = pool.resourceServers.find((known) => known.identifier === identifier);
  if (!server) throw new AwsError('ResourceNotFoundException', `Resource server ${identifier} does not exist.`);
  return server;
}

function record(input: sdk.CreateResourceServerCommandInput): ResourceServerRecord {
  const { Identifier: identifier = '', Name: name = '', Scopes = [] } = input;
  checkText(identifier, { member: 'identifier', min: 1, max: 256, pattern: /[\x21\x23-\x5B\x5D-\x7E]+/ });
  checkText(name, { member: 'name', min: 1, max: 256, pattern: /[\w\s+=,.@-]+/ });
  const scopes = Scopes.map(({ ScopeName = '', ScopeDescription = '' }) => {
    checkText(ScopeName, { member: 'scopeName', min: 1, max: 256, pattern: /[\x21\x23-\x2E\x30-\x5B\x5D-\x7E]+/ });
    checkText(ScopeDescription, { member: 'scopeDescription', min: 1, max: 256 });
    return { ScopeName, ScopeDescription };
  });
  return { identifier, name, scopes };
}

async function createResourceServer(
  input: sdk.CreateResourceServerCommandInput,
  { engine, region }: Call,
): Promise<sdk.CreateResourceServerResponse> {
  const pool = requirePool(engine, region, input.UserPoolId);
  const server = record(input);
  if (pool.resourceServers.some((known) => known.identifier === server.identifier))
    throw invalidParameter(`${server.identifier} already exists in user pool ${pool.id}.`);
  await putPool(engine, { ...pool, resourceServers: [...pool.resourceServers, server] });
  return { ResourceServer: describe(pool, server) };
}

function describeResourceServer(
  input: sdk.DescribeResourceServerCommandInput,
  { engine, region }: Call,
): sdk.DescribeResourceServerResponse {
  const pool = requirePool(engine, region, input.UserPoolId);
  return { ResourceServer: describe(pool, requireServer(pool, input.Identifier)) };
}

async function updateResourceServer(
  input: sdk.UpdateResourceServerCommandInput,
  { engine, region }: Call,
): Promise<sdk.UpdateResourceServerResponse> {
  const pool = requirePool(engine, region, input.UserPoolId);
  const server = requireServer(pool, input.Identifier);
  const changed = record(input);
  const resourceServers = pool.resourceServers.map((known) => (known === server ? changed : known));
  await putPool(engine, { ...pool, resourceServers });
  return { ResourceServer: describe(pool, changed) };
}

async function deleteResourceServer(
  input: sdk.DeleteResourceServerCommandInput,
  { engine, region }: Call,
): Promise<object> {
  const pool = requirePool(engine, region, input.UserPoolId);
  const server = requireServer(pool, input.Identifier);
  await putPool(engine, { ...pool, resourceServers: pool.resourceServers.filter((known) => known !== server) });
  return {};
}

function listResourceServers(
  input: sdk.ListResourceServersCommandInput,
  { engine, region }: Call,
): sdk.ListResourceServersResponse {
  const pool = requirePool(engine, region, input.UserPoolId);
  checkNumber(input.MaxResults, 'maxResults', { min: 1, max: 50 });
  const request = { limit: input.MaxResults ?? 50, token: input.NextToken };
  const { items, next } = page(pool.resourceServers, (server) => server.identifier, request);
  return { ResourceServers: items.map((server) => describe(pool, server)), ...(next && { NextToken: next }) };
}

/** Federation is not served, so a pool never has any. */
function listIdentityProviders(
  input: sdk.ListIdentityProvidersCommandInput,
  { engine, region }: Call,
): sdk.ListIdentityProvidersResponse {
  requirePool(engine, region, input.UserPoolId);
  const { items } = page([], String, { limit: input.MaxResults ?? 60, token: input.NextToken });
  return { Providers: items };
}

export const resourceServerOperations = {
  CreateResourceServer: createResourceServer,
  DeleteResourceServer: deleteResourceServer,
  DescribeResourceServer: describeResourceServer,
  ListIdentityProviders: listIdentityProviders,
  ListResourceServers: listResourceServers,
  UpdateResourceServer: updateResourceServer,
} satisfies Operations<sdk.CognitoIdentityProvider>;
