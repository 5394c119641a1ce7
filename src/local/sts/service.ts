import * as sdk from '@aws-sdk/client-sts';
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

/** Who one is needs no permission, and no policy can deny it. Source: STS API reference, GetCallerIdentity. */
function permission(operation: string, { RoleArn, Tags }: Record<string, unknown>, _call: Call): NeededPermission[] {
  if (operation !== 'AssumeRole' || typeof RoleArn !== 'string') return [];
  const assume = { action: 'sts:AssumeRole', resource: RoleArn };
  return Array.isArray(Tags) && Tags.length > 0 ? [assume, { action: 'sts:TagSession', resource: RoleArn }] : [assume];
}
