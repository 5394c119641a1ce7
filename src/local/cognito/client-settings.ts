import { randomInt } from 'node:crypto';
import {
  type CreateUserPoolClientRequest,
  ExplicitAuthFlowsType,
  FeatureType,
  OAuthFlowType,
  PreventUserExistenceErrorTypes,
  TimeUnitsType,
} from '@aws-sdk/client-cognito-identity-provider';
import { ownMember } from '../../own-member.ts';
import { AwsError } from '../service.ts';
import { checkEnum, checkNumber, invalidParameter } from './constraints.ts';
import type { ClientRecord, PoolRecord } from './records.ts';

type Given = Partial<CreateUserPoolClientRequest>;

export const systemScopes = ['phone', 'email', 'openid', 'profile', 'aws.cognito.signin.user.admin'];

const unitSeconds: Record<TimeUnitsType, number> = { seconds: 1, minutes: 60, hours: 3600, days: 86_400 };

/** Seconds that a client's tokens are valid; AWS's defaults are an hour, and 30 days for refresh tokens (docs/aws-facts.md#fact-4-2). */
export function tokenValidityS(client: Given, kind: 'AccessToken' | 'IdToken' | 'RefreshToken'): number {
  const value = client[`${kind}Validity`];
  const unit = client.TokenValidityUnits?.[kind] ?? (kind === 'RefreshToken' ? 'days' : 'hours');
  if (kind === 'RefreshToken') return (value || 30) * unitSeconds[unit];
  return value === undefined ? unitSeconds.hours : value * unitSeconds[unit];
}

function checkValidity(given: Given): void {
  for (const kind of ['AccessToken', 'IdToken', 'RefreshToken'] as const) {
    checkEnum(given.TokenValidityUnits?.[kind], 'tokenValidityUnits', TimeUnitsType);
    const [min, max] = kind === 'RefreshToken' ? [3600, 315_360_000] : [300, 86_400];
    const seconds = tokenValidityS(given, kind);
    if (seconds < min || seconds > max) throw invalidParameter('Invalid range for token validity.');
  }
}

const loopbackHosts = ['localhost', '127.0.0.1', '[::1]'];
const scriptSchemes = ['javascript:', 'data:', 'vbscript:', 'blob:', 'file:', 'about:'];

/** Throws InvalidParameterException for what AWS takes as no callback or logout URL (docs/aws-facts.md#fact-4-4). */
function checkRedirects(urls: readonly string[] = []): void {
  for (const url of urls) {
    if (!URL.canParse(url) || url.length > 1024 || !/^[\x21-\x7e]+$/.test(url))
      throw invalidParameter(`${url} is not a valid URL.`);
    const { protocol, hostname } = new URL(url);
    if (scriptSchemes.includes(protocol)) throw invalidParameter(`${url} cannot use the ${protocol} scheme.`);
    if (url.includes('#')) throw invalidParameter(`${url} cannot contain a fragment.`);
    if (protocol === 'http:' && !loopbackHosts.includes(hostname))
      throw invalidParameter(`${url} cannot use the HTTP protocol.`);
  }
}

function checkOauth(pool: PoolRecord, given: Given, hasSecret: boolean): void {
  const { AllowedOAuthFlows: flows = [], AllowedOAuthScopes: scopes = [], CallbackURLs: callbacks = [] } = given;
  for (const flow of flows) checkEnum(flow, 'allowedOAuthFlows', OAuthFlowType);
  if (given.AllowedOAuthFlowsUserPoolClient && (flows.length === 0 || scopes.length === 0))
    throw invalidParameter(
      'AllowedOAuthFlows and AllowedOAuthScopes are required if user pool client is allowed to use OAuth flows.',
    );
  if (callbacks.length === 0 && (flows.includes('code') || flows.includes('implicit')))
    throw new AwsError(
      'InvalidOAuthFlowException',
      'CallbackUrls can not be empty when code flow or implicit flow is selected',
    );
  if (flows.includes('client_credentials')) {
    if (flows.length > 1)
      throw new AwsError(
        'InvalidOAuthFlowException',
        'client_credentials flow can not be selected along with code flow or implicit flow',
      );
    if (!hasSecret)
      throw new AwsError(
        'InvalidOAuthFlowException',
        'client_credentials flow can not be selected if client does not have a client secret.',
      );
  }
  const known = [
    ...systemScopes,
    ...pool.resourceServers.flatMap((server) =>
      server.scopes.map((scope) => `${server.identifier}/${scope.ScopeName}`),
    ),
  ];
  const unknown = scopes.find((scope) => !known.includes(scope));
  if (unknown) throw new AwsError('ScopeDoesNotExistException', `Invalid scope requested: ${unknown}`);
  checkRedirects(callbacks);
  checkRedirects(given.LogoutURLs);
  if (given.DefaultRedirectURI && !callbacks.includes(given.DefaultRedirectURI))
    throw invalidParameter('DefaultRedirectURI must be in the list of CallbackURLs.');
}

function checkFlows(flows: readonly string[] = []): void {
  for (const flow of flows) checkEnum(flow, 'explicitAuthFlows', ExplicitAuthFlowsType);
  const modern = flows.filter((flow) => flow.startsWith('ALLOW_'));
  if (modern.length > 0 && modern.length < flows.length)
    throw invalidParameter('Legacy authentication flows cannot be used together with ALLOW_ flows.');
}

function checkAttributes(pool: PoolRecord, given: Given): void {
  const names = pool.schema.flatMap(({ Name }) => Name ?? []);
  const readOnly = ['sub', 'email_verified', 'phone_number_verified'];
  const required = pool.schema.flatMap(({ Name, Required }) => (Required && Name && Name !== 'sub' ? [Name] : []));
  const { ReadAttributes: read, WriteAttributes: write } = given;
  if (read?.some((name) => !names.includes(name)))
    throw invalidParameter('Invalid read attributes specified while creating a client');
  if (
    write &&
    (write.some((name) => !names.includes(name) || readOnly.includes(name)) ||
      required.some((name) => !write.includes(name)))
  )
    throw invalidParameter('Invalid write attributes specified while creating a client');
}

/**
 * A client's settings with the defaults that DescribeUserPoolClient shows; UpdateUserPoolClient, too, sets what is left out to its
 * default. Throws InvalidParameterException, InvalidOAuthFlowException, ScopeDoesNotExistException.
 */
export function clientSettings(
  pool: PoolRecord,
  given: Given,
  secret: string | undefined,
): Omit<ClientRecord, 'ClientId' | 'ClientName' | 'createdAtMs' | 'modifiedAtMs'> {
  checkFlows(given.ExplicitAuthFlows);
  checkEnum(given.PreventUserExistenceErrors, 'preventUserExistenceErrors', PreventUserExistenceErrorTypes);
  checkNumber(given.AuthSessionValidity, 'authSessionValidity', { min: 3, max: 15 });
  checkValidity(given);
  checkEnum(given.RefreshTokenRotation?.Feature, 'refreshTokenRotation.feature', FeatureType);
  checkNumber(given.RefreshTokenRotation?.RetryGracePeriodSeconds, 'refreshTokenRotation.retryGracePeriodSeconds', {
    min: 0,
    max: 60,
  });
  checkAttributes(pool, given);
  checkOauth(pool, given, secret !== undefined);
  const foreign = given.SupportedIdentityProviders?.find((provider) => provider !== 'COGNITO');
  if (foreign) throw invalidParameter(`The provider ${foreign} does not exist for User Pool ${pool.id}.`);
  if (given.AnalyticsConfiguration)
    throw invalidParameter('The embedded engine does not serve AnalyticsConfiguration.');
  const { GenerateSecret, ClientSecret, ClientName, UserPoolId, ...rest } = given;
  return {
    ...Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== undefined)),
    UserPoolId: pool.id,
    ...(secret !== undefined && { ClientSecret: secret }),
    RefreshTokenValidity: given.RefreshTokenValidity || 30,
    TokenValidityUnits: given.TokenValidityUnits ?? {},
    AllowedOAuthFlowsUserPoolClient: given.AllowedOAuthFlowsUserPoolClient ?? false,
    EnableTokenRevocation: given.EnableTokenRevocation ?? true,
    EnablePropagateAdditionalUserContextData: given.EnablePropagateAdditionalUserContextData ?? false,
    AuthSessionValidity: given.AuthSessionValidity ?? 3,
  };
}

/** The modern names of the flows a client allows. Source: docs/aws-facts.md#fact-4-2, and AWS's table of legacy names. */
export function allowedFlows(client: ClientRecord): string[] {
  const flows: string[] = client.ExplicitAuthFlows ?? [
    'ALLOW_REFRESH_TOKEN_AUTH',
    'ALLOW_USER_SRP_AUTH',
    'ALLOW_CUSTOM_AUTH',
  ];
  if (flows.some((flow) => flow.startsWith('ALLOW_'))) return flows;
  const modern: Record<string, string> = {
    ADMIN_NO_SRP_AUTH: 'ALLOW_ADMIN_USER_PASSWORD_AUTH',
    CUSTOM_AUTH_FLOW_ONLY: 'ALLOW_CUSTOM_AUTH',
    USER_PASSWORD_AUTH: 'ALLOW_USER_PASSWORD_AUTH',
  };
  // With the legacy names SRP and refresh need not be named.
  return ['ALLOW_USER_SRP_AUTH', 'ALLOW_REFRESH_TOKEN_AUTH', ...flows.flatMap((flow) => ownMember(modern, flow) ?? [])];
}

/** Lower-case letters and digits, as client ids (26) and secrets (52) are. */
export function randomText(length: number): string {
  const characters = 'abcdefghijklmnopqrstuvwxyz0123456789';
  return Array.from({ length }, () => characters.charAt(randomInt(characters.length))).join('');
}
