import { AwsError } from '../../service.ts';
import { parseStatement } from './parse.ts';

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
  try {
    const statement = parseStatement(String(text), Array.isArray(parameters) ? parameters : []);
    const index = statement.kind === 'SELECT' ? statement.index : undefined;
    return { action: actions[statement.kind], table: statement.table, index };
  } catch (error) {
    if (error instanceof AwsError) return undefined;
    throw error;
  }
}
