import { type AttributeValue, type TypeName, typeOf } from '../values/types.ts';
import { checkApart } from './paths.ts';
import { type Fail, type Placeholders, resolvePath, resolveValue } from './placeholders.ts';
import type { WrittenOperand } from './syntax.ts';
import type { Update, UpdateAction, UpdateOperand } from './types.ts';
import type { WrittenAction } from './update-syntax.ts';

/** The update with what its placeholders stand for. Throws by `fail`, the faults in the order in which AWS reports them. */
export function bindUpdate(written: readonly WrittenAction[], placeholders: Placeholders, fail: Fail): Update {
  const actions = written.map((action) => bindAction(action, placeholders, fail));
  checkApart(
    actions.map(({ path }) => path),
    fail,
  );
  for (const action of actions) {
    if (action.kind === 'ADD' || action.kind === 'DELETE') checkOperand(action.kind, action.value, fail);
  }
  for (const action of actions) {
    if (action.kind === 'SET') checkTypes(action.value, fail);
  }
  return { actions, typeMismatch: 'An operand in the update expression has an incorrect data type' };
}

function bindAction(written: WrittenAction, placeholders: Placeholders, fail: Fail): UpdateAction {
  const path = resolvePath(written.steps, placeholders, fail);
  switch (written.kind) {
    case 'SET':
      return { kind: 'SET', path, value: bindOperand(written.value, placeholders, fail) };
    case 'REMOVE':
      return { kind: 'REMOVE', path };
    default:
      return { kind: written.kind, path, value: resolveValue(written.placeholder, placeholders, fail) };
  }
}

function bindOperand(written: WrittenOperand, placeholders: Placeholders, fail: Fail): UpdateOperand {
  const bind = (operand: WrittenOperand) => bindOperand(operand, placeholders, fail);
  switch (written.kind) {
    case 'path':
      return { kind: 'path', path: resolvePath(written.steps, placeholders, fail) };
    case 'value':
      return { kind: 'value', value: resolveValue(written.placeholder, placeholders, fail) };
    case 'function': {
      // The syntax lets only the functions of updates be operands.
      const [first, second, ...more] = written.operands.map(bind);
      if (!first || !second || more.length > 0) {
        throw fail(
          'Incorrect number of operands for operator or function; ' +
            `operator or function: ${written.name}, number of operands: ${written.operands.length}`,
        );
      }
      if (written.name === 'list_append') return { kind: 'list_append', first, second };
      if (first.kind === 'path') return { kind: 'if_not_exists', path: first.path, otherwise: second };
      throw fail('Operator or function requires a document path; operator or function: if_not_exists');
    }
    default:
      return { kind: written.kind, left: bind(written.left), right: bind(written.right) };
  }
}

const addable: readonly TypeName[] = ['N', 'SS', 'NS', 'BS'];
const deletable: readonly TypeName[] = ['SS', 'NS', 'BS'];

/** AWS's names of the types that ADD and DELETE do not take. */
const longNames: Partial<Record<TypeName, string>> = {
  S: 'STRING',
  N: 'NUMBER',
  B: 'BINARY',
  BOOL: 'BOOLEAN',
  L: 'LIST',
  M: 'MAP',
};

function checkOperand(kind: 'ADD' | 'DELETE', value: AttributeValue, fail: Fail): void {
  const type = typeOf(value);
  if ((kind === 'ADD' ? addable : deletable).includes(type)) return;
  throw fail(
    `Incorrect operand type for operator or function; operator: ${kind}, operand type: ${longNames[type] ?? type}`,
  );
}

/** Refuses operands that are of a wrong type whatever the item. */
function checkTypes(operand: UpdateOperand, fail: Fail): void {
  if (operand.kind === 'if_not_exists') checkTypes(operand.otherwise, fail);
  else if (operand.kind === 'list_append') checkOperands(operand.kind, [operand.first, operand.second], 'L', fail);
  else if (operand.kind === '+' || operand.kind === '-') {
    checkOperands(operand.kind, [operand.left, operand.right], 'N', fail);
  }
}

function checkOperands(operator: string, operands: UpdateOperand[], wanted: TypeName, fail: Fail): void {
  for (const operand of operands) {
    checkTypes(operand, fail);
    const type = knownType(operand);
    if (type !== undefined && type !== wanted) {
      throw fail(
        'Incorrect operand type for operator or function; ' +
          `operator or function: ${operator}, operand type: ${type}`,
      );
    }
  }
}

function knownType(operand: UpdateOperand): TypeName | undefined {
  switch (operand.kind) {
    case 'value':
      return typeOf(operand.value);
    case 'list_append':
      return 'L';
    case '+':
    case '-':
      return 'N';
    default:
      return undefined;
  }
}
