import type { Projection } from '../expressions/types.ts';

/** The projection that `AttributesToGet` are: whole attributes, whatever is in their names. */
export function attributesToGet(names: readonly string[]): Projection {
  return names.map((name) => [name]);
}
