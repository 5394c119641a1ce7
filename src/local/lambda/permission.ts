import { admits } from '../iam/policy.ts';
import type { Call, NeededPermission } from '../service.ts';
import { findQualified } from './functions.ts';
import { functionArn, qualifiedArn, readName } from './names.ts';

/**
 * The operation on the function that it names, or on `*`, which the function's own policy can allow too; and to hand a role to a
 * function, `iam:PassRole` on that. https://docs.aws.amazon.com/service-authorization/latest/reference/list_awslambda.html
 * Where a version or an alias is named, be it beside the name, the operation is on that: docs/aws-facts.md#fact-5-12.
 */
export function permission(
  operation: string,
  input: Record<string, unknown>,
  { engine, region }: Call,
): NeededPermission[] {
  const { FunctionName, Qualifier, Resource: arn, Role: role } = input;
  const asked = typeof FunctionName === 'string' ? readName(FunctionName) : undefined;
  const qualifier = typeof Qualifier === 'string' ? Qualifier : asked?.qualifier;
  const action = operation === 'Invoke' ? 'lambda:InvokeFunction' : `lambda:${operation}`;
  const needed: NeededPermission =
    asked === undefined
      ? { action, resource: typeof arn === 'string' ? arn : '*' }
      : {
          action,
          resource: qualifiedArn(functionArn(engine, region, asked.name), qualifier),
          admits: (callers) =>
            admits(findQualified(engine, region, asked.name, qualifier)?.statements ?? [], { callers, action }),
        };
  return [needed, ...(typeof role === 'string' ? [{ action: 'iam:PassRole', resource: role }] : [])];
}
