import { ownMember } from '../../../own-member.ts';
import { invalid } from '../errors.ts';
import { addNumbers, subtractNumbers } from '../values/numbers.ts';
import { type AttributeValue, emptyItem, type Item } from '../values/types.ts';
import { checkLevels } from '../values/validate.ts';
import { valueAt } from './paths.ts';
import type { Update, UpdateAction, Updated, UpdateOperand } from './types.ts';

/** What is done to a value and what lies in it. */
interface Change {
  action?: UpdateAction;
  members: Map<string | number, Change>;
}

/**
 * The item as the update makes it; the given one stays as it is. All operands and indexes mean the item as it was
 * (developer guide, "update expressions"). Throws AwsError ValidationException.
 */
export function applyUpdate(update: Update, item: Item | undefined, key: Item): Updated {
  const paths = update.actions.map(({ path }) => path);
  const takesAway = update.actions.every(({ kind }) => kind === 'REMOVE' || kind === 'DELETE');
  // AWS makes no item where there is nothing to put in it, whatever the paths.
  if (!item && update.actions.length > 0 && takesAway) return { item: undefined, paths };

  const before = item ?? key;
  const whole: Change = { members: new Map() };
  for (const action of update.actions) {
    let change = whole;
    for (const step of action.path) {
      const inside: Change = change.members.get(step) ?? { members: new Map() };
      change.members.set(step, inside);
      change = inside;
    }
    change.action = action;
  }
  const result = changeMap(before, whole, (action, value) => outcome(action, value, before, update.typeMismatch));
  for (const [name] of whole.members) {
    const value = result[name];
    if (value) checkLevels(value);
  }
  return { item: result, paths };
}

/** Refuses to change the key. Throws AwsError ValidationException. */
export function checkKeyUntouched(update: Update, keyNames: readonly string[]): void {
  for (const { path } of update.actions) {
    if (keyNames.includes(path[0])) {
      throw invalid(
        `One or more parameter values were invalid: Cannot update attribute ${path[0]}. This attribute is part of the key`,
      );
    }
  }
}

/** The value that comes in the place of another; nothing where none is left. */
type Outcome = (action: UpdateAction, value: AttributeValue | undefined) => AttributeValue | undefined;

function changeValue(
  value: AttributeValue | undefined,
  change: Change,
  outcomeOf: Outcome,
): AttributeValue | undefined {
  if (change.action) return outcomeOf(change.action, value);
  const [step] = change.members.keys();
  if (value && 'M' in value && typeof step === 'string') return { M: changeMap(value.M, change, outcomeOf) };
  if (value && 'L' in value && typeof step === 'number') return { L: changeList(value.L, change, outcomeOf) };
  throw invalid('The document path provided in the update expression is invalid for update');
}

function changeMap(map: Item, change: Change, outcomeOf: Outcome): Item {
  const result: Item = Object.assign(emptyItem(), map);
  for (const [name, inside] of change.members) {
    const value = changeValue(ownMember(map, String(name)), inside, outcomeOf);
    if (value) result[name] = value;
    else delete result[name];
  }
  return result;
}

/** What is set beyond the end is appended, in the order of the indexes (developer guide, "update expressions": SET). */
function changeList(list: AttributeValue[], change: Change, outcomeOf: Outcome): AttributeValue[] {
  const result: (AttributeValue | undefined)[] = [...list];
  const indexes = [...change.members].map(([step, inside]) => ({ index: Number(step), inside }));
  for (const { index, inside } of indexes.sort((one, other) => one.index - other.index)) {
    const value = changeValue(list[index], inside, outcomeOf);
    if (index < list.length) result[index] = value;
    else result.push(value);
  }
  return result.filter((value) => value !== undefined);
}

function outcome(
  action: UpdateAction,
  value: AttributeValue | undefined,
  item: Item,
  typeMismatch: string,
): AttributeValue | undefined {
  switch (action.kind) {
    case 'REMOVE':
      return undefined;
    case 'SET':
      return evaluate(action.value, item);
    case 'ADD':
      return value ? (sum(value, action.value) ?? mismatch(typeMismatch)) : action.value;
    case 'DELETE':
      return value && difference(value, action.value, typeMismatch);
  }
}

function mismatch(message: string): never {
  throw invalid(message);
}

function evaluate(operand: UpdateOperand, item: Item): AttributeValue {
  switch (operand.kind) {
    case 'value':
      return operand.value;
    case 'path': {
      const value = valueAt(operand.path, item);
      if (value) return value;
      throw invalid('The provided expression refers to an attribute that does not exist in the item');
    }
    case 'if_not_exists':
      return valueAt(operand.path, item) ?? evaluate(operand.otherwise, item);
    case 'list_append': {
      const [first, second] = [evaluate(operand.first, item), evaluate(operand.second, item)];
      if ('L' in first && 'L' in second) return { L: [...first.L, ...second.L] };
      throw wrongOperand();
    }
    default: {
      const [left, right] = [evaluate(operand.left, item), evaluate(operand.right, item)];
      if (!('N' in left && 'N' in right)) throw wrongOperand();
      return { N: operand.kind === '+' ? addNumbers(left.N, right.N) : subtractNumbers(left.N, right.N) };
    }
  }
}

const wrongOperand = () => invalid('An operand in the update expression has an incorrect data type');

/** Nothing where the types do not go together. Lists are the legacy parameters' alone. */
function sum(value: AttributeValue, added: AttributeValue): AttributeValue | undefined {
  if ('N' in value && 'N' in added) return { N: addNumbers(value.N, added.N) };
  if ('SS' in value && 'SS' in added) return { SS: union(value.SS, added.SS) };
  if ('NS' in value && 'NS' in added) return { NS: union(value.NS, added.NS) };
  if ('BS' in value && 'BS' in added) return { BS: union(value.BS, added.BS) };
  if ('L' in value && 'L' in added) return { L: [...value.L, ...added.L] };
  return undefined;
}

/** Nothing where no member is left: there are no empty sets. */
function difference(value: AttributeValue, taken: AttributeValue, typeMismatch: string): AttributeValue | undefined {
  if ('SS' in value && 'SS' in taken) return nonEmpty(without(value.SS, taken.SS), (SS) => ({ SS }));
  if ('NS' in value && 'NS' in taken) return nonEmpty(without(value.NS, taken.NS), (NS) => ({ NS }));
  if ('BS' in value && 'BS' in taken) return nonEmpty(without(value.BS, taken.BS), (BS) => ({ BS }));
  return mismatch(typeMismatch);
}

const union = (one: string[], other: string[]) => [...new Set([...one, ...other])];

function without(members: string[], taken: string[]): string[] {
  const gone = new Set(taken);
  return members.filter((member) => !gone.has(member));
}

function nonEmpty(members: string[], set: (members: string[]) => AttributeValue): AttributeValue | undefined {
  return members.length > 0 ? set(members) : undefined;
}
