import { invalid } from '../errors.ts';
import type { Step, WrittenOperand } from '../expressions/syntax.ts';
import type { Update } from '../expressions/types.ts';
import { bindUpdate } from '../expressions/update-binding.ts';
import type { WrittenAction } from '../expressions/update-syntax.ts';
import { typeOf } from '../values/types.ts';
import { type Reader, readMembers, readPath, readValue } from './reader.ts';
import { notWellFormed, type Token } from './tokens.ts';

/** One SET or REMOVE clause or more, in the terms of update expressions. Throws AwsError ValidationException. */
export function readUpdate(reader: Reader): Update {
  const actions: WrittenAction[] = [];
  for (;;) {
    const clause = reader.keyword('SET', 'REMOVE');
    if (!clause) break;
    do {
      const steps = readPath(reader);
      if (clause === 'REMOVE') actions.push({ kind: 'REMOVE', steps });
      else {
        reader.expectSymbol('=');
        actions.push(readAssignment(reader, steps));
      }
    } while (reader.symbol(','));
  }
  if (actions.length === 0) throw notWellFormed('Expected data manipulation');
  return bindUpdate(actions, reader.placeholders, invalid);
}

function readAssignment(reader: Reader, steps: Step[]): WrittenAction {
  const token = reader.peek();
  const name = token.text.toLowerCase();
  if (token.kind === 'word' && (name === 'set_add' || name === 'set_delete') && reader.peek(1).text === '(') {
    reader.next();
    return readSetChange(reader, { steps, token, kind: name === 'set_add' ? 'ADD' : 'DELETE' });
  }
  return { kind: 'SET', steps, value: readSum(reader) };
}

/** `a = set_add(a, <<…>>)`: what ADD is in an update expression. */
function readSetChange(
  reader: Reader,
  { steps, token, kind }: { steps: Step[]; token: Token; kind: 'ADD' | 'DELETE' },
): WrittenAction {
  const name = token.text.toUpperCase();
  reader.expectSymbol('(');
  const first = reader.peek();
  const operands = readMembers(reader, ')', () => readTerm(reader));
  const [target, change] = operands;
  if (!target || !change || operands.length > 2) {
    throw invalid(`${name} must have exactly two arguments at ${reader.place(token)}`);
  }
  if (target.kind !== 'path' || target.steps.join() !== steps.join()) {
    throw invalid(`The first argument to ${name} must equal the assignment value at ${reader.place(token)}`);
  }
  const value = reader.valueOf(change);
  if (change.kind !== 'value' || !value || !['SS', 'NS', 'BS'].includes(typeOf(value))) {
    throw invalid(`The second argument to ${name} must be a value with type SET at ${reader.place(first)}`);
  }
  return { kind, steps, placeholder: change.placeholder };
}

function readSum(reader: Reader): WrittenOperand {
  const left = readTerm(reader);
  const kind = reader.symbol('+') ? '+' : reader.symbol('-') ? '-' : undefined;
  return kind ? { kind, left, right: readTerm(reader) } : left;
}

function readTerm(reader: Reader): WrittenOperand {
  const token = reader.peek();
  if (token.kind === 'word' && reader.peek(1).text === '(') {
    const name = token.text.toLowerCase();
    if (name !== 'list_append' && name !== 'if_not_exists') {
      throw invalid(`Unrecognized function: ${name} at ${reader.place(token)}`);
    }
    reader.next();
    reader.expectSymbol('(');
    return { kind: 'function', name, operands: readMembers(reader, ')', () => readTerm(reader)) };
  }
  if (token.kind === 'quoted' || (token.kind === 'word' && !/^(?:true|false|null)$/i.test(token.text))) {
    return { kind: 'path', steps: readPath(reader) };
  }
  return reader.refer(readValue(reader));
}
