import type { Call, NeededPermission } from '../service.ts';
import constraints from './constraints.json' with { type: 'json' };

/** The operation on the pool that it names, or on `*`; what may go unsigned asks for none. */
export function permission(operation: string, input: Record<string, unknown>, call: Call): NeededPermission[] {
  const unsigned: readonly string[] = constraints.unsigned;
  if (unsigned.includes(operation)) return [];
  const { UserPoolId: id, ResourceArn: arn } = input;
  const pool = `arn:aws:cognito-idp:${call.region}:${call.engine.accountId}:userpool/${String(id)}`;
  const resource = typeof id === 'string' ? pool : typeof arn === 'string' ? arn : '*';
  return [{ action: `cognito-idp:${operation}`, resource }];
}
