import { invalid } from '../errors.ts';
import type { Path, Update, UpdateAction } from '../expressions/types.ts';
import { type TypeName, typeOf } from '../values/types.ts';
import { checkValue } from '../values/validate.ts';
import { structures, wrong } from './comparison.ts';

const sets: readonly TypeName[] = ['SS', 'NS', 'BS'];

/** Also lists, which an update expression's ADD does not take. */
const addable: readonly TypeName[] = [...sets, 'N', 'L'];

/** The update that `AttributeUpdates` are. Throws AwsError ValidationException. */
export function attributeUpdates(updates: unknown): Update {
  return {
    actions: structures(updates).map(([name, { Action: action = 'PUT', Value: value }]) =>
      readUpdate(name, action, value),
    ),
    typeMismatch: 'Type mismatch for attribute to update',
  };
}

function readUpdate(name: string, action: unknown, given: unknown): UpdateAction {
  if (action !== 'PUT' && action !== 'ADD' && action !== 'DELETE') {
    throw invalid(
      `1 validation error detected: Value '${action}' at 'attributeUpdates.${name}.member.action' failed to satisfy constraint: ` +
        'Member must satisfy enum value set: [ADD, PUT, DELETE]',
    );
  }
  const path: Path = [name];
  if (given === undefined) {
    if (action === 'DELETE') return { kind: 'REMOVE', path };
    throw wrong('Only DELETE action is allowed when no attribute value is specified');
  }
  const value = checkValue(given);
  const type = typeOf(value);
  if (action === 'PUT') return { kind: 'SET', path, value: { kind: 'value', value } };
  if (action === 'DELETE' && !sets.includes(type)) {
    throw wrong(`DELETE action with value is not supported for the type ${type}`);
  }
  if (action === 'ADD' && !addable.includes(type)) throw wrong(`ADD action is not supported for the type ${type}`);
  return { kind: action, path, value };
}
