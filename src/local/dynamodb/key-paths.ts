import { invalid } from './errors.ts';
import { pathsIn, pathsInUpdate } from './expressions/paths.ts';
import type { Condition, Projection, Update } from './expressions/types.ts';
import { namesOf, type Table } from './table.ts';

/** What of a request has paths. */
interface Paths {
  projection?: Projection | undefined;
  condition?: Condition | undefined;
  update?: Update | undefined;
}

/** Keys, also those of indexes, have nothing inside to look at or change. Throws AwsError ValidationException. */
export function refuseKeyPaths({ key, indexes }: Table, { projection = [], condition, update }: Paths): void {
  const paths = [
    ...projection,
    ...(condition ? pathsIn(condition) : []),
    ...(update ? pathsInUpdate(update) : []),
  ].filter((path) => path.length > 1);
  if (paths.length === 0) return;
  const entered = new Set(paths.map(([name]) => name));
  const refuse = (names: readonly string[], kind: 'Key' | 'IndexKey') => {
    const name = names.find((each) => entered.has(each));
    if (name === undefined) return;
    throw invalid(
      `Key attributes must be scalars; list random access '[]' and map lookup '.' are not allowed: ${kind}: ${name}`,
    );
  };
  refuse(namesOf(key), 'Key');
  for (const index of indexes) refuse(namesOf(index.key), 'IndexKey');
}
