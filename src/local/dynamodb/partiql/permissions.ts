import { AwsError } from '../../service.ts';
import { parseStatement } from './parse.ts';
import { maxStatementLength } from './statement.ts';

/** IAM's actions for statements (developer guide, "IAM policies with PartiQL"). */
const actions = {
  SELECT: 'PartiQLSelect',
  INSERT: 'PartiQLInsert',
  UPDATE: 'PartiQLUpdate',
  DELETE: 'PartiQLDelete',
  EXISTS: 'PartiQLSelect',
};

export interface StatementAccess {
  action: string;
  table: string;
  index: string | undefined;
}

/** What the statement does, and to which table; nothing where it cannot be read, and so will not be run. */
export function accessOf(text: unknown, parameters: unknown): StatementAccess | undefined {
  // What is longer is refused, and is not to be read before that.
  if (typeof text !== 'string' || text.length > maxStatementLength) return undefined;
  try {
    const statement = parseStatement(text, Array.isArray(parameters) ? parameters : []);
    const index = statement.kind === 'SELECT' ? statement.index : undefined;
    return { action: actions[statement.kind], table: statement.table, index };
  } catch (error) {
    if (error instanceof AwsError) return undefined;
    throw error;
  }
}
