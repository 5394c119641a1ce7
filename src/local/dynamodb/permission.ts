import { isObject } from '../../is-object.ts';
import { ownMember } from '../../own-member.ts';
import type { Call, NeededPermission } from '../service.ts';
import { accessOf } from './partiql/permissions.ts';
import { nameOf, tableArn } from './tables.ts';

type JsonObject = Record<string, unknown>;

/** IAM's actions for the steps of a transaction (service authorization reference, DynamoDB). */
const stepActions: Record<string, string> = {
  Get: 'GetItem',
  Put: 'PutItem',
  Update: 'UpdateItem',
  Delete: 'DeleteItem',
  ConditionCheck: 'ConditionCheckItem',
};

/** What a call needs: the operation on each table that it names, or on the index; on `*` where it names none. */
export function permission(operation: string, input: JsonObject, call: Call): NeededPermission[] {
  // By the operation, not by what is there: members that the operation ignores must not choose what is checked.
  switch (operation) {
    case 'TransactGetItems':
    case 'TransactWriteItems':
      return Array.isArray(input.TransactItems)
        ? input.TransactItems.flatMap((step: unknown) => ofStep(step, call))
        : [on(undefined, operation, call)];
    case 'BatchGetItem':
    case 'BatchWriteItem':
      return isObject(input.RequestItems)
        ? Object.keys(input.RequestItems).map((name) => on(name, operation, call))
        : [on(undefined, operation, call)];
    case 'Query':
    case 'Scan': {
      const { action, resource } = on(input.TableName, operation, call);
      const { IndexName: index } = input;
      return [{ action, resource: typeof index === 'string' ? `${resource}/index/${index}` : resource }];
    }
    case 'ExecuteStatement':
      return [ofStatement(input, operation, call)];
    case 'BatchExecuteStatement':
    case 'ExecuteTransaction': {
      const statements = operation === 'ExecuteTransaction' ? input.TransactStatements : input.Statements;
      return Array.isArray(statements)
        ? statements.map((statement: unknown) => ofStatement(isObject(statement) ? statement : {}, operation, call))
        : [on(undefined, operation, call)];
    }
    case 'TagResource':
    case 'UntagResource':
    case 'ListTagsOfResource':
    case 'GetResourcePolicy':
      return [on(input.ResourceArn, operation, call)];
    default:
      return [on(input.TableName, operation, call)];
  }
}

function on(table: unknown, operation: string, call: Call): NeededPermission {
  const resource = typeof table === 'string' ? tableArn(call, nameOf(call, table)) : '*';
  return { action: `dynamodb:${operation}`, resource };
}

function ofStatement({ Statement: text, Parameters: parameters }: JsonObject, operation: string, call: Call) {
  const access = accessOf(text, parameters);
  if (!access) return on(undefined, operation, call);
  const { resource } = on(access.table, operation, call);
  return {
    action: `dynamodb:${access.action}`,
    resource: access.index === undefined ? resource : `${resource}/index/${access.index}`,
  };
}

function ofStep(step: unknown, call: Call): NeededPermission[] {
  return Object.entries(isObject(step) ? step : {}).map(([kind, request]) =>
    on(isObject(request) ? request.TableName : undefined, ownMember(stepActions, kind) ?? kind, call),
  );
}
