import type { Call, NeededPermission } from '../service.ts';
import { functionArn, readName } from './functions.ts';

/**
 * The operation on the function that it names, or on `*`; and to hand a role to a function, `iam:PassRole` on that.
 * https://docs.aws.amazon.com/service-authorization/latest/reference/list_awslambda.html
 */
export function permission(operation: string, input: Record<string, unknown>, call: Call): NeededPermission[] {
  const { FunctionName: name, Resource: arn, Role: role } = input;
  const named = typeof name === 'string' ? functionArn(call.engine, call.region, readName(name).name) : undefined;
  const resource = named ?? (typeof arn === 'string' ? arn : '*');
  const action = operation === 'Invoke' ? 'lambda:InvokeFunction' : `lambda:${operation}`;
  return [{ action, resource }, ...(typeof role === 'string' ? [{ action: 'iam:PassRole', resource: role }] : [])];
}
