import { type ActualClient, appClient } from '../aws/app-client.ts';
import { type ActualAuthorizer, authorizer, type DesiredAuthorizer } from '../aws/authorizer.ts';
import { domain } from '../aws/domain.ts';
import { lambdaFunction } from '../aws/function.ts';
import { logGroup } from '../aws/log-group.ts';
import { type ActualMethod, type DesiredMethod, method } from '../aws/method.ts';
import { permission } from '../aws/permission.ts';
import type { Existing, Resource, Tags } from '../aws/resource.ts';
import { type ActualApi, restApi } from '../aws/rest-api.ts';
import { role } from '../aws/role.ts';
import { stage } from '../aws/stage.ts';
import { table } from '../aws/table.ts';
import { user } from '../aws/user.ts';
import { type ActualPool, userPool } from '../aws/user-pool.ts';
import type { FunctionCode } from './code.ts';
import {
  definitionHash,
  derivedDomainPrefix,
  integrationUri,
  invokeSource,
  loopbackCallbacks,
  methodAnswers,
  type Place,
  roleArn,
  rolePolicy,
  trustPolicy,
} from './desired.ts';
import type { StackNames } from './names.ts';
import type { SettingValues } from './settings.ts';
import type { ResourceType } from './types.ts';

/** What is known while the pipeline runs: where, what is asked for, and what stands so far. */
export interface Known {
  place: Place;
  names: StackNames;
  stack: string;
  settings(): SettingValues;
  tags(type: ResourceType): Tags;
  actual<Actual extends Existing>(type: ResourceType): Actual | undefined;
  adopt: boolean;
  code: () => Promise<FunctionCode>;
  password: () => Promise<string>;
  /** True in the single steps of the tutorial, where a method without an authorizer is open until its step comes. */
  openAllowed: boolean;
}

/** One resource of the stack: what must stand before it, and what it should be. */
export interface Node {
  type: ResourceType;
  /** What it is made inside of; gone with that. */
  inside?: ResourceType;
  /** Must stand before it is made. */
  after: ResourceType[];
  /** Must be gone before it is removed. */
  removedAfter: ResourceType[];
  name(known: Known): string;
  /** What to read it by; undefined: what it is inside of is not there, so neither is it. */
  key(known: Known): object | undefined;
  desired(known: Known): object | Promise<object>;
  resource: Resource<object, Existing>;
}

/** Ties a node's desired state to its resource's types; from here on the pipeline treats all alike. */
function node<Desired extends object, Actual extends Existing>(definition: {
  type: ResourceType;
  inside?: ResourceType;
  after?: ResourceType[];
  removedAfter?: ResourceType[];
  name(known: Known): string;
  key(known: Known): Desired | undefined;
  desired?(known: Known): Promise<Desired>;
  resource: Resource<Desired, Actual>;
}): Node {
  const { key, desired } = definition;
  return {
    after: [],
    removedAfter: [],
    ...definition,
    desired(known) {
      const wanted = desired ? desired(known) : key(known);
      if (!wanted) throw new Error(`${definition.type} is wanted before what it is inside of is there`);
      return wanted;
    },
    // The pipeline gives each resource only what its own node and its own functions made.
    resource: definition.resource as unknown as Resource<object, Existing>,
  };
}

const apiOf = (known: Known) => known.actual<ActualApi>('api');
const poolOf = (known: Known) => known.actual<ActualPool>('pool');
const clientOf = (known: Known) => known.actual<ActualClient>('client');

function desiredMethod(known: Known): DesiredMethod | undefined {
  const api = apiOf(known);
  if (api?.resourceId === undefined) return undefined;
  const authorizerId = known.actual<ActualAuthorizer>('authorizer')?.authorizerId;
  return {
    apiId: api.apiId,
    resourceId: api.resourceId,
    httpMethod: 'POST',
    // In a plan the authorizer may be still to come; no id of an authorizer looks like this.
    authorizerId: authorizerId ?? (known.openAllowed ? undefined : '(new)'),
    integrationUri: integrationUri(known.place, known.names),
    answers: methodAnswers,
    tags: known.tags('method'),
  };
}

function desiredAuthorizer(known: Known): DesiredAuthorizer | undefined {
  const apiId = apiOf(known)?.apiId;
  if (apiId === undefined) return undefined;
  return {
    apiId,
    name: known.names.authorizer,
    userPoolArn: poolOf(known)?.id ?? '(new)',
    clientId: clientOf(known)?.clientId ?? '(new)',
    tags: known.tags('authorizer'),
  };
}

function definitionOf(known: Known, wanted: DesiredMethod | undefined): string {
  return wanted ? definitionHash({ method: wanted, signIn: [poolOf(known)?.id, clientOf(known)?.clientId] }) : '(new)';
}

/**
 * A step deploys the API as it stands, which may not be as it should be: the deployment must not say it were, or `up` would
 * never make another. `up` itself deploys only what it has just made as it should be.
 */
function otherwiseDefined(known: Known, wanted: DesiredMethod): string | undefined {
  const stands = known.actual<ActualMethod>('method');
  const asks = known.actual<ActualAuthorizer>('authorizer');
  const wantedAuthorizer = desiredAuthorizer(known);
  const isAsWanted =
    (!stands || method.compare(wanted, stands).length === 0) &&
    (!asks || !wantedAuthorizer || authorizer.compare(wantedAuthorizer, asks).length === 0);
  if (isAsWanted || !known.openAllowed) return undefined;
  return definitionHash({ method: { ...stands, tags: {} }, authorizer: { ...asks, tags: {} } });
}

export function domainPrefixOf(known: Pick<Known, 'place' | 'stack' | 'settings'>): string {
  return known.settings().domainPrefix || derivedDomainPrefix(known.place, known.stack);
}

/** The whole stack, in the tutorial's order. */
export const graph: readonly Node[] = [
  node({
    type: 'role',
    removedAfter: ['function'],
    name: ({ names }) => names.role,
    key: (known) => ({
      name: known.names.role,
      trust: trustPolicy,
      policyName: known.names.policy,
      policy: rolePolicy(known.settings().policy, known.place, known.names),
      tags: known.tags('role'),
    }),
    resource: role,
  }),
  node({
    type: 'table',
    name: ({ names }) => names.table,
    key: (known) => ({ name: known.names.table, key: 'id', tags: known.tags('table') }),
    resource: table,
  }),
  node({
    type: 'log-group',
    removedAfter: ['function'],
    name: ({ names }) => names.logGroup,
    key: (known) => ({
      name: known.names.logGroup,
      retentionDays: known.settings().retentionDays,
      tags: known.tags('log-group'),
    }),
    resource: logGroup,
  }),
  node({
    type: 'function',
    // The policy is on the role before the function exists: a sandbox that starts without it keeps its denials for minutes.
    after: ['role', 'log-group'],
    name: ({ names }) => names.function,
    key: (known) => functionWithoutCode(known),
    desired: async (known) => ({ ...functionWithoutCode(known), codeSha256: (await known.code()).sha256 }),
    resource: lambdaFunction,
  }),
  node({
    type: 'api',
    name: ({ names }) => names.api,
    key: (known) => ({
      name: known.names.api,
      pathPart: known.names.path,
      tags: known.tags('api'),
      adopt: known.adopt,
    }),
    resource: restApi,
  }),
  node({
    type: 'pool',
    removedAfter: ['domain'],
    name: ({ names }) => names.pool,
    key(known) {
      const { passwordLength, temporaryPasswordDays } = known.settings();
      const { adopt, names } = known;
      return { name: names.pool, passwordLength, temporaryPasswordDays, tags: known.tags('pool'), adopt };
    },
    resource: userPool,
  }),
  node({
    type: 'client',
    inside: 'pool',
    after: ['pool'],
    name: ({ names }) => names.client,
    key(known) {
      const pool = poolOf(known);
      const { callbackUrls, logoutUrls, tokenMinutes } = known.settings();
      return (
        pool && {
          poolId: pool.poolId,
          name: known.names.client,
          callbackUrls: [...new Set([...callbackUrls, ...loopbackCallbacks])],
          logoutUrls,
          tokenMinutes,
          tags: known.tags('client'),
        }
      );
    },
    resource: appClient,
  }),
  node({
    type: 'domain',
    inside: 'pool',
    after: ['pool'],
    name: domainPrefixOf,
    key(known) {
      // Looked for before there is a pool too: somebody else's must be known before anything is made.
      const pool = poolOf(known);
      const prefix = domainPrefixOf(known);
      return { poolId: pool?.poolId ?? '(new)', prefix, present: pool?.domain, tags: known.tags('domain') };
    },
    resource: domain,
  }),
  node({
    type: 'user',
    inside: 'pool',
    after: ['pool'],
    name: (known) => known.settings().username,
    key(known) {
      const poolId = poolOf(known)?.poolId;
      const { username } = known.settings();
      return poolId === undefined
        ? undefined
        : { poolId, username, password: known.password, tags: known.tags('user') };
    },
    resource: user,
  }),
  node({
    type: 'authorizer',
    inside: 'api',
    after: ['api', 'pool', 'client'],
    name: ({ names }) => names.authorizer,
    key: desiredAuthorizer,
    resource: authorizer,
  }),
  node({
    type: 'method',
    inside: 'api',
    // One after the other: API Gateway refuses changes of one API that meet.
    after: ['api', 'authorizer'],
    name: ({ names }) => `POST /${names.path}`,
    key: desiredMethod,
    resource: method,
  }),
  node({
    type: 'permission',
    inside: 'function',
    after: ['function', 'api'],
    name: () => 'api-gateway',
    key: (known) => ({
      functionName: known.names.function,
      statementId: 'dynops-api-gateway',
      sourceArn: invokeSource(known.place, known.names, apiOf(known)?.apiId ?? '(new)'),
      tags: known.tags('permission'),
    }),
    resource: permission,
  }),
  node({
    type: 'stage',
    inside: 'api',
    after: ['method'],
    name: ({ names }) => names.stage,
    key(known) {
      const wanted = desiredMethod(known);
      const apiId = apiOf(known)?.apiId;
      if (apiId === undefined) return undefined;
      return {
        apiId,
        name: known.names.stage,
        definition: (wanted && otherwiseDefined(known, wanted)) ?? definitionOf(known, wanted),
        tracing: known.settings().tracing,
        tags: known.tags('stage'),
      };
    },
    resource: stage,
  }),
];

function functionWithoutCode(known: Known) {
  const { memoryMb, runtime, architecture, tracing } = known.settings();
  return {
    name: known.names.function,
    roleArn: roleArn(known.place, known.names),
    runtime,
    architecture,
    handler: 'index.handler',
    memoryMb,
    timeoutSeconds: 10,
    tracing,
    code: known.code,
    codeSha256: '',
    tags: known.tags('function'),
  };
}
