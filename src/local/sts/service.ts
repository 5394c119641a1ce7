import type { GetCallerIdentityCommandInput } from '@aws-sdk/client-sts';
import * as sdk from '@aws-sdk/client-sts';
import { defineService } from '../operations.ts';
import type { Call } from '../service.ts';
import constraints from './constraints.json' with { type: 'json' };

function getCallerIdentity(_input: GetCallerIdentityCommandInput, { engine, principal }: Call) {
  const arn = principal.kind === 'anonymous' ? '' : principal.arn;
  const userId = principal.kind === 'function' ? `AROA:${arn.split('/').at(-1)}` : engine.accountId;
  return { Account: engine.accountId, Arn: arn, UserId: userId };
}

export const service = defineService<sdk.STS>({
  signingName: 'sts',
  protocol: 'query',
  version: '2011-06-15',
  xmlNamespace: 'https://sts.amazonaws.com/doc/2011-06-15/',
  sdk,
  constraints,
  validation: { code: 'ValidationError' },
  // Needs no permission, and no policy can deny it. Source: STS API reference, GetCallerIdentity.
  permission: () => [],
  operations: { GetCallerIdentity: getCallerIdentity },
});
