import type { Operation } from './generate.ts';
import type { Outcome } from './peer.ts';

type Json = Record<string, unknown>;

/** One side: the engine or its peer. */
export type Side = (operation: string, input: unknown) => Promise<Outcome>;

/** All pages of a Query or Scan together: the order of partitions, and so where a scan's pages end, is each one's own. */
export async function runAll(side: Side, { name, input }: Operation): Promise<Outcome> {
  if (name !== 'Query' && name !== 'Scan') return side(name, input);
  const items: unknown[] = [];
  let scanned = 0;
  let start: unknown;
  for (let pages = 0; pages < 200; pages += 1) {
    const outcome = await side(name, { ...input, ...(start !== undefined && { ExclusiveStartKey: start }) });
    if ('error' in outcome) return outcome;
    const {
      Items: page = [],
      ScannedCount: count = 0,
      LastEvaluatedKey: last,
    } = outcome.answer as {
      Items?: unknown[];
      ScannedCount?: number;
      LastEvaluatedKey?: unknown;
    };
    items.push(...page);
    scanned += count;
    if (last === undefined) return { answer: { Items: items, ScannedCount: scanned } };
    start = last;
  }
  return { error: 'EndlessPages', message: '200 pages', reasons: [] };
}

/** The outcome as text that is the same for outcomes that mean the same. */
export function canonical({ name, input }: Operation, outcome: Outcome): string {
  if ('error' in outcome) return [outcome.error, ...outcome.reasons.map(({ Code }) => Code)].join();
  const { answer } = outcome;
  const inOrder = { ...answer };
  // What has no order, or an order that is not said: a scan's items, items of one index key, batches.
  const unordered =
    name === 'Scan' || name === 'BatchGetItem' || input.IndexName !== undefined || name === 'ExecuteStatement';
  if (unordered && Array.isArray(inOrder.Items)) inOrder.Items = inOrder.Items.map(text).sort();
  if (name === 'BatchGetItem') {
    inOrder.Responses = Object.entries((answer.Responses as Record<string, unknown[]> | undefined) ?? {}).map(
      ([table, items]) => [table, items.map(text).sort()],
    );
  }
  return text(inOrder);
}

/** JSON with members, and members of sets, in order, and without what is absent. */
export function text(value: unknown): string {
  return JSON.stringify(sorted(value));
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value as Json)
      .filter(([, member]) => member !== undefined)
      .sort(([one], [other]) => (one < other ? -1 : 1))
      .map(([key, member]) => [
        key,
        /^[SNB]S$/.test(key) && Array.isArray(member) ? [...member].sort() : sorted(member),
      ]),
  );
}
