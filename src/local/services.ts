import type { Service } from './service.ts';
import { buildCatalog, type Catalog } from './wire/catalog.ts';

/** Loaded when first called: an SDK client's schemas take tens of milliseconds each. */
const loaders: Record<string, () => Promise<{ service: Service }>> = {
  apigateway: () => import('./apigateway/service.ts'),
  'cognito-idp': () => import('./cognito/service.ts'),
  dynamodb: () => import('./dynamodb/service.ts'),
  'dynamodb-streams': () => import('./dynamodb/streams/service.ts'),
  iam: () => import('./iam/service.ts'),
  lambda: () => import('./lambda/service.ts'),
  logs: () => import('./logs/service.ts'),
  sts: () => import('./sts/service.ts'),
  xray: () => import('./xray/service.ts'),
};

/** `X-Amz-Target` prefixes of the services that are addressed by one. */
const targets: Record<string, string> = {
  AWSCognitoIdentityProviderService: 'cognito-idp',
  DynamoDB_20120810: 'dynamodb',
  DynamoDBStreams_20120810: 'dynamodb-streams',
  Logs_20140328: 'logs',
};

export const servedServices = Object.keys(loaders);

export interface Catalogs {
  /** The service a request is for, by its target header or else its signature's scope; undefined: not served. */
  find(target: string | undefined, signingName: string | undefined): Promise<Catalog | undefined>;
}

export function createCatalogs(): Catalogs {
  const loaded = new Map<string, Promise<Catalog>>();
  return {
    async find(target, signingName) {
      const name = target === undefined ? signingName : targets[target.split('.')[0] ?? ''];
      const load = name !== undefined && Object.hasOwn(loaders, name) ? loaders[name] : undefined;
      if (name === undefined || !load) return undefined;
      let catalog = loaded.get(name);
      if (!catalog) {
        catalog = load().then(({ service }) => buildCatalog(service));
        loaded.set(name, catalog);
      }
      return catalog;
    },
  };
}
