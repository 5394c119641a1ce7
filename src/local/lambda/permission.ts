import { admits } from '../iam/policy.ts';
import type { Call, NeededPermission } from '../service.ts';
import { findFunction, functionArn, readName } from './functions.ts';

/**
 * The operation on the function that it names, or on `*`, which the function's own policy can allow too; and to hand a role to a
 * function, `iam:PassRole` on that. https://docs.aws.amazon.com/service-authorization/latest/reference/list_awslambda.html
 */
export function permission(
  operation: string,
  input: Record<string, unknown>,
  { engine, region }: Call,
): NeededPermission[] {
  const { FunctionName, Resource: arn, Role: role } = input;
  const name = typeof FunctionName === 'string' ? readName(FunctionName).name : undefined;
  const action = operation === 'Invoke' ? 'lambda:InvokeFunction' : `lambda:${operation}`;
  const needed: NeededPermission =
    name === undefined
      ? { action, resource: typeof arn === 'string' ? arn : '*' }
      : {
          action,
          resource: functionArn(engine, region, name),
          admits: (callers) => admits(findFunction(engine, region, name)?.statements ?? [], { callers, action }),
        };
  return [needed, ...(typeof role === 'string' ? [{ action: 'iam:PassRole', resource: role }] : [])];
}
