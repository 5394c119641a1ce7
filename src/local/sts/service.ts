import * as sdk from '@aws-sdk/client-sts';
import { admits, knownPolicy } from '../iam/policy.ts';
import { findRole } from '../iam/roles.ts';
import { defineService } from '../operations.ts';
import type { Call, NeededPermission } from '../service.ts';
import constraints from './constraints.json' with { type: 'json' };
import { sessionOperations } from './session-operations.ts';

export const service = defineService<sdk.STS>({
  signingName: 'sts',
  protocol: 'query',
  version: '2011-06-15',
  xmlNamespace: 'https://sts.amazonaws.com/doc/2011-06-15/',
  sdk,
  constraints,
  validation: { code: 'ValidationError' },
  permission,
  operations: sessionOperations,
});

/**
 * Who one is needs no permission, and no policy can deny it. A role that names the caller needs no policy of the caller's.
 * Source: STS API reference, GetCallerIdentity and AssumeRole.
 */
function permission(operation: string, input: Record<string, unknown>, { engine }: Call): NeededPermission[] {
  const { RoleArn: resource, Tags: tags, ExternalId: id } = input;
  if (operation !== 'AssumeRole' || typeof resource !== 'string') return [];
  const trusting = knownPolicy(findRole(engine, resource)?.trustPolicy ?? '{"Statement":[]}').Statement;
  const externalId = typeof id === 'string' ? id : undefined;
  const actions = ['sts:AssumeRole', ...(Array.isArray(tags) && tags.length > 0 ? ['sts:TagSession'] : [])];
  return actions.map((action) => ({
    action,
    resource,
    admits: (callers) => admits(trusting, { callers, action, externalId }),
  }));
}
