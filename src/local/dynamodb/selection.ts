import { invalid } from './errors.ts';
import type { Projection } from './expressions/types.ts';
import { legacyProjection, type ProjectionInput } from './reads.ts';
import type { Index } from './table.ts';

export const selects = ['SPECIFIC_ATTRIBUTES', 'COUNT', 'ALL_ATTRIBUTES', 'ALL_PROJECTED_ATTRIBUTES'] as const;

/** The members by which Query and Scan say what of the items they want. */
export interface SelectionInput extends ProjectionInput {
  Select?: string | undefined;
  IndexName?: string | undefined;
  ConsistentRead?: boolean | undefined;
}

/** What of the items found goes into the answer. */
export interface Selection {
  countOnly: boolean;
  projection: Projection | undefined;
  /** The index does not hold what is wanted, so the table is read for it. */
  wholeItems: boolean;
}

/** The rules between `Select` and its siblings that need no table. Throws AwsError ValidationException. */
export function checkSelect({ Select: select, IndexName: index, ...input }: SelectionInput): void {
  const named =
    input.ProjectionExpression !== undefined
      ? 'ProjectionExpression'
      : input.AttributesToGet !== undefined && 'AttributesToGet';
  if (select === 'ALL_PROJECTED_ATTRIBUTES' && index === undefined) {
    throw invalid('ALL_PROJECTED_ATTRIBUTES can be used only when Querying using an IndexName');
  }
  if (select === 'SPECIFIC_ATTRIBUTES' && !named) {
    throw invalid('Must specify the AttributesToGet or ProjectionExpression when choosing to get SPECIFIC_ATTRIBUTES');
  }
  if (named && select !== undefined && select !== 'SPECIFIC_ATTRIBUTES') {
    throw invalid(`Cannot specify the ${named} when choosing to get ${select}`);
  }
}

/** Throws AwsError ValidationException where a global index does not hold what is asked of it. */
export function selectionOf(
  input: SelectionInput,
  { index, projection }: { index: Index | undefined; projection: Projection | undefined },
): Selection {
  const wanted = projection ?? legacyProjection(input);
  const held = index?.projected;
  const countOnly = input.Select === 'COUNT';
  if (index?.kind === 'global' && input.ConsistentRead) {
    throw invalid('Consistent reads are not supported on global secondary indexes');
  }
  if (!index || !held) return { countOnly, projection: wanted, wholeItems: false };
  if (index.kind === 'global') {
    if (input.Select === 'ALL_ATTRIBUTES') {
      throw invalid(
        `One or more parameter values were invalid: Select type ALL_ATTRIBUTES is not supported for global secondary index ${index.name} because its projection type is not ALL`,
      );
    }
  }
  const lacking = [...new Set(wanted?.map(([name]) => name))].filter((name) => !held.includes(name));
  if (index.kind === 'global' && lacking.length > 0) {
    throw invalid(
      `One or more parameter values were invalid: Global secondary index ${index.name} does not project [${lacking.join(', ')}]`,
    );
  }
  const wholeItems = input.Select === 'ALL_ATTRIBUTES' || lacking.length > 0;
  return { countOnly, projection: wanted, wholeItems };
}
