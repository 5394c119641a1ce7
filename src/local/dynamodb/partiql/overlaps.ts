import { invalid } from '../errors.ts';
import { pathsIn } from '../expressions/paths.ts';
import type { Condition } from '../expressions/types.ts';
import type { Space } from '../table.ts';
import { boundsOf, conjuncts, queryTerms } from './key-terms.ts';

/**
 * Refuses alternatives that would each be a query where one's sort keys are among another's, unless a condition on the
 * sort key is negated (paritysuite/dynamodb-conformance, run against AWS in October 2026). Throws AwsError
 * ValidationException.
 */
export function refuseOverlaps(where: Condition | undefined, space: Space): void {
  if (where?.kind !== 'or' || where.conditions.some((each) => deniesRange(each, space))) return;
  const ranges = where.conditions.flatMap((each) => {
    const terms = queryTerms(each, space.key);
    return terms ? [{ ...boundsOf(terms, space), narrow: terms.length > space.key.hash.length }] : [];
  });
  if (ranges.length < where.conditions.length) return;
  ranges.sort((one, other) => (one.gte < other.gte ? -1 : 1));
  // Ranges of whole partitions begin before all others of them, so that neighbours tell of all.
  for (const [at, { lt, narrow }] of ranges.entries()) {
    const next = ranges[at + 1];
    if (next && next.gte < lt && (narrow || next.narrow)) {
      throw invalid('Overlapping conditions with range keys are not supported in where clause');
    }
  }
}

function deniesRange(condition: Condition, { key }: Space): boolean {
  const isRange = (name: string) => key.range.some((range) => range.name === name);
  return conjuncts(condition).some(
    (each) =>
      (each.kind === 'not' || (each.kind === 'compare' && each.comparator === '<>')) &&
      pathsIn(each).some(([name]) => isRange(name)),
  );
}
