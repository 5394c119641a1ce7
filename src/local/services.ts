import { ownMember } from '../own-member.ts';
import { lazy } from './lazy.ts';
import { buildCatalog, type Catalog } from './wire/catalog.ts';

/** Loaded when first called: an SDK client's schemas take tens of milliseconds each. */
const loaders: Record<string, () => Promise<Catalog>> = {
  apigateway: lazy(async () => buildCatalog((await import('./apigateway/service.ts')).service)),
  'cognito-idp': lazy(async () => buildCatalog((await import('./cognito/service.ts')).service)),
  dynamodb: lazy(async () => buildCatalog((await import('./dynamodb/service.ts')).service)),
  'dynamodb-streams': lazy(async () => buildCatalog((await import('./dynamodb/streams/service.ts')).service)),
  iam: lazy(async () => buildCatalog((await import('./iam/service.ts')).service)),
  lambda: lazy(async () => buildCatalog((await import('./lambda/service.ts')).service)),
  logs: lazy(async () => buildCatalog((await import('./logs/service.ts')).service)),
  sts: lazy(async () => buildCatalog((await import('./sts/service.ts')).service)),
  xray: lazy(async () => buildCatalog((await import('./xray/service.ts')).service)),
};

/** `X-Amz-Target` prefixes of the services that are addressed by one. */
const targets: Record<string, string> = {
  AWSCognitoIdentityProviderService: 'cognito-idp',
  DynamoDB_20120810: 'dynamodb',
  DynamoDBStreams_20120810: 'dynamodb-streams',
  Logs_20140328: 'logs',
};

export const servedServices = Object.keys(loaders);

/**
 * The service a request is for, by its target header or else its signature's scope; undefined: not served. Nothing in a
 * catalog belongs to an engine, so those of one process share it.
 */
export async function findCatalog(
  target: string | undefined,
  signingName: string | undefined,
): Promise<Catalog | undefined> {
  const name = target === undefined ? signingName : targets[target.split('.')[0] ?? ''];
  return ownMember(loaders, name)?.();
}
