import type { Call, NeededPermission } from '../service.ts';
import { nameKey, rolesOf } from './roles.ts';

/** The operation on the role or the policy that it names, or on `*`. */
export function permission(operation: string, input: Record<string, unknown>, call: Call): NeededPermission[] {
  const { RoleName: name, PolicyArn: policy, Path: path = '/' } = input;
  const action = `iam:${operation}`;
  if (typeof name !== 'string') return [{ action, resource: typeof policy === 'string' ? policy : '*' }];
  const known = rolesOf(call.engine).get(nameKey(name))?.arn;
  return [{ action, resource: known ?? `arn:aws:iam::${call.engine.accountId}:role${String(path)}${name}` }];
}
