import { createHash } from 'node:crypto';
import type { Call } from '../../service.ts';
import { invalid } from '../errors.ts';
import { pathsIn, valueAt } from '../expressions/paths.ts';
import type { KeyTerm } from '../expressions/types.ts';
import { openIndex } from '../indexes.ts';
import { positionOf } from '../item-store.ts';
import { type Bounds, wholeSpace } from '../key-range.ts';
import { checkStartKey, maxPageBytes, type Page, type PageRequest, readPage } from '../pages.ts';
import { type Index, namesOf, openTable, type Space } from '../table.ts';
import { compareValues } from '../values/compare.ts';
import { emptyItem, type Item } from '../values/types.ts';
import { checkItem } from '../values/validate.ts';
import { boundsOf, queriesOf } from './key-terms.ts';
import { refuseOverlaps } from './overlaps.ts';
import type { Column, Select } from './statement.ts';

export interface SelectRequest {
  consistent: boolean | undefined;
  /** Items to look at. */
  limit: number | undefined;
  /** Where the page before this one ended. */
  nextToken: string | undefined;
}

/** One page of what the statement selects: by a query where its condition names the hash key, else by a scan. */
export async function runSelect(
  call: Call,
  select: Select,
  request: SelectRequest,
): Promise<Omit<Page, 'items'> & { items: Item[]; nextToken: string | undefined }> {
  const table = openTable(call, select.table);
  const index = indexOf(call, select);
  if (index) checkProjected(index, select);
  if (index?.kind === 'global' && request.consistent) {
    throw invalid('Strongly consistent read is not supported on Global Secondary Indexes');
  }
  const space: Space = index ?? table;
  const queries = queriesOf(select.where, space.key);
  refuseOverlaps(select.where, space);
  const held = index?.projected;
  const reverse = isReverse(select, { space, queried: queries !== undefined });
  const ranges = queries ? rangesOf(queries, { select, space, reverse }) : [wholeSpace(space)];
  const after = request.nextToken === undefined ? undefined : readToken(select, request.nextToken);
  if (after) checkStartKey(after, { table, index, bounds: wholeSpace(space), outside: foreignToken });
  const page = await readRanges(call, ranges, {
    table,
    index,
    reverse,
    after,
    limit: request.limit,
    filter: select.where,
    selection: {
      countOnly: false,
      projection: undefined,
      wholeItems: held !== undefined && (select.columns ?? []).some(({ path }) => !held.includes(path[0])),
    },
    consistent: request.consistent,
  });
  return {
    ...page,
    items: page.items.map((item) => pick(select.columns, item)),
    nextToken: page.lastKey && writeToken(select, page.lastKey),
  };
}

/** Where the queries read: in the order of the hash key where that is asked for, else in the order of a scan. */
function rangesOf(
  queries: readonly KeyTerm[][],
  { select, space, reverse }: { select: Select; space: Space; reverse: boolean },
): Bounds[] {
  const all = queries.map((terms) => ({ ...boundsOf(terms, space), hash: terms[0]?.values[0] }));
  all.sort((one, other) => (one.gte < other.gte ? -1 : 1));
  const apart: typeof all = [];
  for (const range of all) {
    const last = apart.at(-1);
    // What is in both is to be read once; the filter takes what is in neither.
    if (!last || range.gte >= last.lt) apart.push(range);
    else if (range.lt > last.lt) last.lt = range.lt;
  }
  if (reverse) apart.reverse();
  const [hash] = space.key.hash;
  const order = select.orderBy.find(({ name }) => name === hash?.name);
  if (!order) return apart;
  const sign = order.descending ? -1 : 1;
  return apart.sort((one, other) => sign * ((one.hash && other.hash && compareValues(one.hash, other.hash)) ?? 0));
}

/** One page of several ranges, one after another. */
async function readRanges(call: Call, ranges: readonly Bounds[], request: Omit<PageRequest, 'bounds'>): Promise<Page> {
  const { table, index, after, limit } = request;
  const position = after && positionOf(table, index ?? table, after);
  const from = position === undefined ? 0 : ranges.findIndex(({ gte, lt }) => position >= gte && position < lt);
  const [first, ...more] = from < 0 ? [] : ranges.slice(from);
  if (!first) throw invalid(foreignToken);
  const page = await readPage(call, { ...request, bounds: first });
  for (const bounds of more) {
    if (page.lastKey) break;
    if (page.bytes >= maxPageBytes) {
      page.lastKey = page.endKey;
      break;
    }
    const left = limit === undefined ? undefined : limit - page.scanned;
    addPage(page, await readPage(call, { ...request, bounds, after: undefined, limit: left }));
  }
  return page;
}

function addPage(page: Page, more: Page): void {
  page.items = page.items.concat(more.items);
  page.count += more.count;
  page.scanned += more.scanned;
  page.bytes += more.bytes;
  page.lastKey = more.lastKey;
  page.endKey = more.endKey ?? page.endKey;
  page.consumption.table += more.consumption.table;
  for (const [index, units] of more.consumption.indexes) {
    page.consumption.indexes.set(index, (page.consumption.indexes.get(index) ?? 0) + units);
  }
}

/** The item under the columns' names; all of it where there are none. */
export function pick(columns: readonly Column[] | undefined, item: Item): Item {
  if (!columns) return item;
  const picked = emptyItem();
  for (const { path, name } of columns) {
    const value = valueAt(path, item);
    if (value) picked[name] = value;
  }
  return picked;
}

/** The index that the statement names. Throws AwsError ValidationException where PartiQL cannot read it. */
export function indexOf(call: Call, select: Select): Index | undefined {
  const table = openTable(call, select.table);
  if (select.index !== undefined && !table.indexes.some(({ name }) => name === select.index)) {
    throw invalid('The table does not have the specified index');
  }
  const index = openIndex(call, table, select.index);
  if (index && (index.key.hash.length > 1 || index.key.range.length > 1)) {
    throw invalid(
      'PartiQL statements cannot be executed on tables with multi-attribute HASH keys or multi-attribute RANGE keys.',
    );
  }
  return index;
}

/** An index is read for what it holds; a local one also for what is selected beyond that. */
function checkProjected({ name, kind, projected }: Index, { columns, where }: Select): void {
  if (!projected) return;
  const lacking = (names: string[]) => [...new Set(names)].filter((each) => !projected.includes(each));
  const filtered = lacking(where ? pathsIn(where).map(([first]) => first) : []);
  if (filtered.length > 0) {
    throw invalid(
      `One or more parameter values were invalid: Secondary index ${name} does not project one or more filter attributes: [${filtered.join(', ')}]`,
    );
  }
  const selected = lacking((columns ?? []).map(({ path }) => path[0]));
  if (kind === 'global' && selected.length > 0) {
    throw invalid(
      `One or more parameter values were invalid: Global secondary index ${name} does not project [${selected.join(', ')}]`,
    );
  }
}

/** Items come in the order of their keys, forwards or backwards. */
function isReverse({ orderBy, where }: Select, { space, queried }: { space: Space; queried: boolean }): boolean {
  if (orderBy.length === 0) return false;
  if (!where) throw invalid('Must have WHERE clause in the statement when using ORDER BY clause.');
  if (!queried) {
    throw invalid('Must have at least one non-optional hash key condition in WHERE clause when using ORDER BY clause.');
  }
  const names = namesOf(space.key);
  for (const { name } of orderBy) {
    if (!names.includes(name)) {
      throw invalid(`Variable reference ${name} in ORDER BY clause must be part of the primary key`);
    }
  }
  const ranges = orderBy.filter(({ name }) => space.key.range.some((range) => range.name === name));
  return ranges.some(({ descending }) => descending);
}

/** A token is for the statement that it came from. */
const foreignToken = 'NextToken does not match request';

const digestOf = (select: Select) => createHash('sha256').update(JSON.stringify(select)).digest('base64url');

function writeToken(select: Select, lastKey: Item): string {
  return Buffer.from(JSON.stringify({ after: lastKey, of: digestOf(select) })).toString('base64');
}

function readToken(select: Select, token: string): Item {
  try {
    const { after, of } = JSON.parse(Buffer.from(token, 'base64').toString());
    if (of === digestOf(select)) return checkItem(after);
  } catch {
    // Not a token of ours, so the same as one of another statement.
  }
  throw invalid(foreignToken);
}
