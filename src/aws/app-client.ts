import {
  CognitoIdentityProviderClient,
  CreateUserPoolClientCommand,
  DeleteUserPoolClientCommand,
  DescribeUserPoolClientCommand,
  ListUserPoolClientsCommand,
  UpdateUserPoolClientCommand,
  type UserPoolClientType,
} from '@aws-sdk/client-cognito-identity-provider';
import type { Change } from '../change.ts';
import type { Aws } from './aws.ts';
import { ignoreMissing } from './errors.ts';
import { differences, type Existing, type OnWait, type Resource, sorted } from './resource.ts';
import { waitFor } from './wait.ts';

export interface DesiredClient {
  poolId: string;
  name: string;
  callbackUrls: string[];
  logoutUrls: string[];
  tokenMinutes: number;
}

export interface ActualClient extends Existing {
  poolId: string;
  clientId: string;
  settings: Record<string, unknown>;
  /** Ids of further clients of the same name. */
  duplicates: string[];
}

const listedMs = 30_000;

const authFlows = ['ALLOW_REFRESH_TOKEN_AUTH', 'ALLOW_USER_PASSWORD_AUTH', 'ALLOW_USER_SRP_AUTH'] as const;
/** Cognito's own default. */
const refreshTokenDays = 30;
const minutesPerDay = 1_440;
const oauthFlows = ['code', 'implicit'] as const;
const scopes = ['aws.cognito.signin.user.admin', 'email', 'openid', 'phone', 'profile'];

/** `made`: what a create answered, which is not asked for again. */
async function read(aws: Aws, desired: DesiredClient, made?: UserPoolClientType): Promise<ActualClient | undefined> {
  const { poolId: UserPoolId, name } = desired;
  const ids: string[] = [];
  let nextToken: string | undefined;
  do {
    const input = { UserPoolId, MaxResults: 60, ...(nextToken && { NextToken: nextToken }) };
    const command = new ListUserPoolClientsCommand(input);
    const page = await aws.call(CognitoIdentityProviderClient, command).catch(ignoreMissing);
    for (const { ClientId, ClientName } of page?.UserPoolClients ?? []) {
      if (ClientId && ClientName === name) ids.push(ClientId);
    }
    nextToken = page?.NextToken;
  } while (nextToken);
  const described = await Promise.all(
    ids.map(async (ClientId) => {
      if (made?.ClientId === ClientId) return made;
      const command = new DescribeUserPoolClientCommand({ UserPoolId, ClientId });
      return (await aws.call(CognitoIdentityProviderClient, command).catch(ignoreMissing))?.UserPoolClient;
    }),
  );
  const [found, ...others] = described.filter((client) => client !== undefined).sort(byAge);
  if (!found?.ClientId) return undefined;
  return {
    id: found.ClientId,
    clientId: found.ClientId,
    poolId: UserPoolId,
    settings: settingsOf(found),
    duplicates: others.map(({ ClientId = '' }) => ClientId),
  };
}

function byAge(a: UserPoolClientType, b: UserPoolClientType): number {
  const age = (a.CreationDate?.getTime() ?? 0) - (b.CreationDate?.getTime() ?? 0);
  return age || ((a.ClientId ?? '') < (b.ClientId ?? '') ? -1 : 1);
}

const settingsOf = (client: UserPoolClientType) => ({
  authFlows: sorted(client.ExplicitAuthFlows),
  oauthEnabled: client.AllowedOAuthFlowsUserPoolClient ?? false,
  oauthFlows: sorted(client.AllowedOAuthFlows),
  scopes: sorted(client.AllowedOAuthScopes),
  identityProviders: client.SupportedIdentityProviders ?? [],
  callbackUrls: sorted(client.CallbackURLs),
  logoutUrls: sorted(client.LogoutURLs),
  idTokenMinutes: minutes(client.IdTokenValidity, client.TokenValidityUnits?.IdToken),
  accessTokenMinutes: minutes(client.AccessTokenValidity, client.TokenValidityUnits?.AccessToken),
  refreshTokenMinutes: client.RefreshTokenValidity
    ? minutes(client.RefreshTokenValidity, client.TokenValidityUnits?.RefreshToken ?? 'days')
    : refreshTokenDays * minutesPerDay,
  preventUserExistenceErrors: client.PreventUserExistenceErrors ?? 'LEGACY',
  secret: client.ClientSecret !== undefined,
});

/** Not told: an hour. Without a unit: hours. */
function minutes(validity: number | undefined, unit = 'hours'): number {
  if (!validity) return 60;
  const inMinutes: Record<string, number> = { seconds: 1 / 60, minutes: 1, hours: 60, days: 1_440 };
  return validity * (inMinutes[unit] ?? 60);
}

const wanted = (desired: DesiredClient) => ({
  authFlows,
  oauthEnabled: true,
  oauthFlows,
  scopes,
  identityProviders: ['COGNITO'],
  callbackUrls: sorted(desired.callbackUrls),
  logoutUrls: sorted(desired.logoutUrls),
  idTokenMinutes: desired.tokenMinutes,
  accessTokenMinutes: desired.tokenMinutes,
  refreshTokenMinutes: refreshTokenDays * minutesPerDay,
  preventUserExistenceErrors: 'ENABLED',
});

function compare(desired: DesiredClient, { settings, duplicates }: ActualClient): Change[] {
  const fixed = differences({ secret: false }, settings);
  return [
    ...fixed.map((change) => ({ ...change, replaces: true })),
    ...differences({ ...wanted(desired), duplicates: [] }, { ...settings, duplicates }),
  ];
}

/** UpdateUserPoolClient sets whatever it is not given to the default, so it is always given whole. */
export function settingsInput(desired: DesiredClient) {
  return {
    UserPoolId: desired.poolId,
    ClientName: desired.name,
    ExplicitAuthFlows: [...authFlows],
    AllowedOAuthFlowsUserPoolClient: true,
    AllowedOAuthFlows: [...oauthFlows],
    AllowedOAuthScopes: scopes,
    // Hosted sign-in offers nobody to sign in with without it.
    SupportedIdentityProviders: ['COGNITO'],
    CallbackURLs: desired.callbackUrls,
    LogoutURLs: desired.logoutUrls,
    IdTokenValidity: desired.tokenMinutes,
    AccessTokenValidity: desired.tokenMinutes,
    RefreshTokenValidity: refreshTokenDays,
    TokenValidityUnits: { IdToken: 'minutes' as const, AccessToken: 'minutes' as const, RefreshToken: 'days' as const },
    PreventUserExistenceErrors: 'ENABLED' as const,
  };
}

async function create(aws: Aws, desired: DesiredClient, onWait: OnWait): Promise<ActualClient> {
  const command = new CreateUserPoolClientCommand({ ...settingsInput(desired), GenerateSecret: false });
  const { UserPoolClient: made } = await aws.call(CognitoIdentityProviderClient, command, { once: true });
  // Another command may have made one at the same moment; both must go on with the same.
  const actual = await waitFor(aws, {
    reason: `the new app client ${desired.name} is not listed yet`,
    limitMs: listedMs,
    onWait,
    ask: () => read(aws, desired, made),
  });
  return update(aws, { desired, actual, changes: [] });
}

async function update(
  aws: Aws,
  change: { desired: DesiredClient; actual: ActualClient; changes: Change[] },
): Promise<ActualClient> {
  const { desired, actual, changes } = change;
  if (changes.some(({ property }) => property !== 'duplicates')) {
    const command = new UpdateUserPoolClientCommand({ ...settingsInput(desired), ClientId: actual.clientId });
    await aws.call(CognitoIdentityProviderClient, command);
  }
  for (const id of actual.duplicates) await deleteClient(aws, { poolId: actual.poolId, clientId: id });
  return { ...actual, settings: { ...actual.settings, ...wanted(desired) }, duplicates: [] };
}

async function remove(aws: Aws, actual: ActualClient): Promise<void> {
  for (const id of [actual.clientId, ...actual.duplicates]) {
    await deleteClient(aws, { poolId: actual.poolId, clientId: id });
  }
}

async function deleteClient(aws: Aws, client: { poolId: string; clientId: string }): Promise<void> {
  const command = new DeleteUserPoolClientCommand({ UserPoolId: client.poolId, ClientId: client.clientId });
  await aws.call(CognitoIdentityProviderClient, command).catch(ignoreMissing);
}

export const appClient: Resource<DesiredClient, ActualClient> = { read, compare, create, update, remove };
