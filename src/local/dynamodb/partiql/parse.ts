import { invalid } from '../errors.ts';
import { bindCondition } from '../expressions/condition-binding.ts';
import { resolvePath } from '../expressions/placeholders.ts';
import type { Condition } from '../expressions/types.ts';
import { checkValue } from '../values/validate.ts';
import { createReader, type Reader, readMap, readName, readPath, readValue, unexpected } from './reader.ts';
import { type Column, columnName, type Returning, type Select, type Statement } from './statement.ts';
import { notWellFormed } from './tokens.ts';
import { readUpdate } from './update.ts';
import { readCondition } from './where.ts';

/** The statement with its parameters in place. Throws AwsError ValidationException. */
export function parseStatement(text: string, parameters: readonly unknown[] = []): Statement {
  const reader = createReader(
    text,
    parameters.map((parameter) => checkValue(parameter, 'older')),
  );
  const statement = readStatement(reader);
  reader.finish();
  return statement;
}

function readStatement(reader: Reader): Statement {
  switch (reader.keyword('SELECT', 'INSERT', 'UPDATE', 'DELETE', 'FROM', 'EXISTS')) {
    case 'SELECT':
      return readSelect(reader);
    case 'INSERT':
      return readInsert(reader);
    case 'UPDATE': {
      const table = readTable(reader);
      const update = readUpdate(reader);
      return { kind: 'UPDATE', table, update, where: readWhere(reader), returning: readReturning(reader) };
    }
    case 'FROM': {
      const table = readTable(reader);
      const where = readWhere(reader);
      return { kind: 'UPDATE', table, update: readUpdate(reader), where, returning: readReturning(reader) };
    }
    case 'DELETE': {
      reader.expectKeyword('FROM');
      const table = readSingle(readSource(reader, noTable));
      const where = readWhere(reader);
      const returning = readReturning(reader);
      if (returning && (returning.items !== 'ALL' || returning.age !== 'OLD')) {
        throw invalid(
          `Invalid returning clause: RETURNING ${returning.items} ${returning.age} *. Only RETURNING ALL OLD * is allowed in DELETE statements.`,
        );
      }
      return { kind: 'DELETE', table, where, returning };
    }
    case 'EXISTS': {
      reader.expectSymbol('(');
      reader.expectKeyword('SELECT');
      const select = readSelect(reader);
      reader.expectSymbol(')');
      return { kind: 'EXISTS', table: select.table, select };
    }
    default:
      throw notWellFormed('Expected data manipulation');
  }
}

function readSelect(reader: Reader): Select {
  const columns = reader.symbol('*') ? undefined : readColumns(reader);
  reader.expectKeyword('FROM');
  const [table = '', index] = readSource(reader);
  const where = readWhere(reader);
  return { kind: 'SELECT', table, index, columns, where, orderBy: readOrder(reader) };
}

function readColumns(reader: Reader): Column[] {
  const columns: Column[] = [];
  do {
    const first = reader.peek();
    if (first.kind === 'word' && reader.peek(1).text === '(') {
      throw invalid(`Unexpected path component at ${reader.place(first)}`);
    }
    const steps = readPath(reader);
    columns.push({ path: resolvePath(steps, reader.placeholders, invalid), name: columnName(steps) });
    if (reader.keyword('AS')) throw invalid('Aliasing is not supported');
  } while (reader.symbol(','));
  return columns;
}

function readInsert(reader: Reader): Statement {
  reader.expectKeyword('INTO');
  const table = readSingle(readComponents(reader, noTable));
  if (!reader.keyword('VALUE')) throw notWellFormed('Unexpected token after expression');
  if (reader.symbol('?')) {
    const value = reader.nextParameter();
    if (!('M' in value)) throw notWellFormed('Unexpected term');
    return { kind: 'INSERT', table, item: value.M };
  }
  reader.expectSymbol('{');
  return { kind: 'INSERT', table, item: readMap(reader, () => readValue(reader)) };
}

/** The table's name and an index's, without an alias. */
function readSource(reader: Reader, fault = unexpected): string[] {
  const components = readComponents(reader, fault);
  const { kind, text } = reader.peek();
  if (kind === 'quoted' || (kind === 'word' && !/^(?:where|order|set|remove|returning)$/i.test(text))) {
    throw invalid('Aliasing is not supported');
  }
  return components;
}

const readTable = (reader: Reader) => readSingle(readSource(reader));

const noTable = () => notWellFormed('Expected identifier for simple path');

function readComponents(reader: Reader, fault: typeof unexpected): string[] {
  const components = [readName(reader, fault)];
  while (reader.symbol('.')) components.push(readName(reader));
  if (components.length > 2) throw invalid('A path may contain at most 2 components in the FROM clause');
  if (components.includes('')) throw invalid('Path component cannot be an empty string');
  return components;
}

function readSingle([table = '', index]: string[]): string {
  if (index !== undefined) throw invalid('Only SELECT statements may name an index');
  return table;
}

function readWhere(reader: Reader): Condition | undefined {
  if (!reader.keyword('WHERE')) return undefined;
  return bindCondition(readCondition(reader), reader.placeholders, invalid);
}

function readOrder(reader: Reader): Select['orderBy'] {
  if (!reader.keyword('ORDER')) return [];
  reader.expectKeyword('BY');
  const order: Select['orderBy'] = [];
  do {
    const name = readName(reader);
    order.push({ name, descending: reader.keyword('ASC', 'DESC') === 'DESC' });
  } while (reader.symbol(','));
  return order;
}

function readReturning(reader: Reader): Returning | undefined {
  if (!reader.keyword('RETURNING')) return undefined;
  const items = reader.keyword('ALL', 'MODIFIED');
  const age = reader.keyword('OLD', 'NEW');
  if (!items || !age) throw notWellFormed('Expected returning clause');
  reader.expectSymbol('*');
  return { items: items === 'ALL' ? 'ALL' : 'MODIFIED', age: age === 'OLD' ? 'OLD' : 'NEW' };
}
