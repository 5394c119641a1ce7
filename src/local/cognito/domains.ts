import type * as sdk from '@aws-sdk/client-cognito-identity-provider';
import type { Engine } from '../engine.ts';
import type { Operations } from '../operations.ts';
import { AwsError, type Call } from '../service.ts';
import { checkNumber, checkText, invalidParameter } from './constraints.ts';
import { findPool, listPools, putPool, requirePool } from './pools.ts';
import type { DomainRecord, PoolRecord } from './records.ts';

/** The pool's hosted domain, until its deletion is over. */
export function currentDomain(engine: Engine, pool: PoolRecord): DomainRecord | undefined {
  const { domain } = pool;
  return domain?.goneAtMs !== undefined && !engine.simulation.lasts('cognito.domain-deleting', domain.goneAtMs)
    ? undefined
    : domain;
}

/** Where the hosted pages of a domain are, without a trailing slash. */
export const domainUrl = (engine: Engine, { prefix }: DomainRecord) =>
  `${engine.baseUrl}/_aws/cognito-domain/${prefix}`;

function statusOf(engine: Engine, domain: DomainRecord): sdk.DomainStatusType {
  if (domain.goneAtMs !== undefined) return 'DELETING';
  return engine.simulation.lasts('cognito.domain-creating', domain.activeAtMs) ? 'CREATING' : 'ACTIVE';
}

function findHolder(engine: Engine, prefix: string | undefined): PoolRecord | undefined {
  return listPools(engine).find((pool) => currentDomain(engine, pool)?.prefix === prefix);
}

/** The pool whose hosted pages a prefix opens; undefined while the domain is not ACTIVE. */
export function findPoolByDomain(engine: Engine, prefix: string): PoolRecord | undefined {
  const pool = findHolder(engine, prefix);
  const domain = pool && currentDomain(engine, pool);
  return domain && statusOf(engine, domain) === 'ACTIVE' ? pool : undefined;
}

const reservedWords = ['aws', 'amazon', 'cognito'];

/** Prefixes are unique in the whole engine, not only in a region: its URLs do not name one. */
async function createUserPoolDomain(
  input: sdk.CreateUserPoolDomainCommandInput,
  { engine, region }: Call,
): Promise<sdk.CreateUserPoolDomainResponse> {
  const pool = requirePool(engine, region, input.UserPoolId);
  const { Domain: prefix = '', ManagedLoginVersion: managedLoginVersion = 1 } = input;
  refuseUnserved(input);
  checkText(prefix, { member: 'domain', min: 1, max: 63, pattern: /[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?/ });
  checkVersion(pool, managedLoginVersion);
  const word = reservedWords.find((reserved) => prefix.includes(reserved));
  if (word) throw invalidParameter(`Domain cannot contain reserved word: ${word}`);
  if (currentDomain(engine, pool)) throw invalidParameter('User pool already has a domain configured.');
  if (findHolder(engine, prefix)) throw invalidParameter('Domain already associated with another user pool.');
  const createdAtMs = engine.clock();
  const activeAtMs = createdAtMs + engine.simulation.delayMs('cognito.domain-creating');
  await putPool(engine, { ...pool, domain: { prefix, createdAtMs, activeAtMs, managedLoginVersion } });
  return { ManagedLoginVersion: managedLoginVersion };
}

function refuseUnserved({ CustomDomainConfig, Routing }: Partial<sdk.CreateUserPoolDomainRequest>): void {
  if (CustomDomainConfig)
    throw invalidParameter('The embedded engine does not serve custom domains (CustomDomainConfig).');
  if (Routing) throw invalidParameter('The embedded engine does not serve replicated user pools (Routing).');
}

function checkVersion(pool: PoolRecord, version: number): void {
  checkNumber(version, 'managedLoginVersion', { min: 1, max: 2 });
  if (version === 2 && pool.settings.UserPoolTier === 'LITE')
    throw new AwsError('FeatureUnavailableInTierException', 'Managed login is not available in the LITE tier.');
}

/** An absent domain is an empty description, not an error (docs/aws-facts.md#fact-1-29). */
function describeUserPoolDomain(
  input: sdk.DescribeUserPoolDomainCommandInput,
  { engine, region }: Call,
): sdk.DescribeUserPoolDomainResponse {
  const pool = findHolder(engine, input.Domain);
  const domain = pool && currentDomain(engine, pool);
  if (!domain || !findPool(engine, region, pool.id)) return { DomainDescription: {} };
  return {
    DomainDescription: {
      UserPoolId: pool.id,
      AWSAccountId: engine.accountId,
      Domain: domain.prefix,
      S3Bucket: `aws-cognito-prod-${region}-assets`,
      CloudFrontDistribution: domainUrl(engine, domain),
      Version: new Date(domain.createdAtMs).toISOString().replace(/\D/g, '').slice(0, 14),
      Status: statusOf(engine, domain),
      CustomDomainConfig: undefined,
      ManagedLoginVersion: domain.managedLoginVersion,
    },
  };
}

function requireDomain(call: Call, input: { UserPoolId: string | undefined; Domain: string | undefined }) {
  const pool = requirePool(call.engine, call.region, input.UserPoolId);
  const domain = currentDomain(call.engine, pool);
  if (!domain || domain.prefix !== input.Domain || domain.goneAtMs !== undefined)
    throw invalidParameter('No such domain or user pool exists.');
  return { pool, domain };
}

async function updateUserPoolDomain(
  input: sdk.UpdateUserPoolDomainCommandInput,
  call: Call,
): Promise<sdk.UpdateUserPoolDomainResponse> {
  const { pool, domain } = requireDomain(call, input);
  refuseUnserved(input);
  const managedLoginVersion = input.ManagedLoginVersion ?? domain.managedLoginVersion;
  checkVersion(pool, managedLoginVersion);
  await putPool(call.engine, { ...pool, domain: { ...domain, managedLoginVersion } });
  return { ManagedLoginVersion: managedLoginVersion };
}

async function deleteUserPoolDomain(
  input: sdk.DeleteUserPoolDomainCommandInput,
  call: Call,
): Promise<sdk.DeleteUserPoolDomainResponse> {
  const { pool, domain } = requireDomain(call, input);
  const goneAtMs = call.engine.clock() + call.engine.simulation.delayMs('cognito.domain-deleting');
  await putPool(call.engine, { ...pool, domain: { ...domain, goneAtMs } });
  return {};
}

export const domainOperations = {
  CreateUserPoolDomain: createUserPoolDomain,
  DeleteUserPoolDomain: deleteUserPoolDomain,
  DescribeUserPoolDomain: describeUserPoolDomain,
  UpdateUserPoolDomain: updateUserPoolDomain,
} satisfies Operations<sdk.CognitoIdentityProvider>;
