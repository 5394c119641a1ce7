import { readFilter } from './json-path-filter.ts';
import { type Spend, stepCost } from './meter.ts';
import { TemplateNotServed } from './syntax.ts';
import { isList, isMap, listOf, mapOf, type Value } from './values.ts';

/** JSONPath as API Gateway's templates read it. Source: its reference names Jayway's JsonPath. */

type Step =
  | { kind: 'names'; names: string[] }
  /** One map of them; `all`: of what has each of them only. */
  | { kind: 'merged'; names: string[]; all: boolean }
  | { kind: 'items'; at: number[] }
  | { kind: 'slice'; from: number | undefined; to: number | undefined }
  | { kind: 'all' }
  | { kind: 'filter'; holds: (value: Value) => boolean };

export interface JsonPath {
  /** Undefined where there is nothing; a list where the path may find several things. */
  find(root: Value): Value;
}

/** Throws TemplateNotServed for what is no path, or asks for functions. `spend` pays for the searches too. */
export function compileJsonPath(path: string, spend: Spend): JsonPath {
  const source = path.trim();
  if (source !== '' && !source.startsWith('$')) return compileJsonPath(`$.${source}`, spend);
  const steps: { step: Step; deep: boolean }[] = [];
  for (let at = 1; at < source.length; ) {
    const read = readStep(source, at, spend);
    if (!read) throw new TemplateNotServed(`the JSONPath ${path}`);
    steps.push(read);
    at = read.end;
  }
  const last = steps.at(-1);
  // Several names that end a path are one thing. Source: json-path's PropertyPathToken, and ScanPathToken for those searched for.
  if (last?.step.kind === 'names' && last.step.names.length > 1) {
    last.step = { kind: 'merged', names: last.step.names, all: last.deep };
  }
  const single = steps.every(
    ({ step, deep }) =>
      !deep &&
      (step.kind === 'merged' ||
        (step.kind === 'names' && step.names.length === 1) ||
        (step.kind === 'items' && step.at.length === 1)),
  );
  return {
    find(root) {
      const found = steps.reduce<Value[]>(
        (values, { step, deep }) =>
          (deep ? values.flatMap((value) => withDescendants(value, spend)) : values).flatMap((value) => {
            if ('names' in step) spend(step.names.length);
            // A search asks a filter of each object itself, and would find it again among the items of its list.
            const taken = deep && step.kind === 'filter' && !isMap(value) ? [] : take(value, step);
            spend(stepCost * (1 + taken.length));
            return taken;
          }),
        [root],
      );
      return single ? found[0] : listOf(found, true);
    },
  };
}

function readStep(source: string, at: number, spend: Spend): { step: Step; deep: boolean; end: number } | undefined {
  const opening = /(\.\.?)?(?:(\*)|([^\s.[\]()*?@,'"]+)(?!\()|(\[))/y;
  opening.lastIndex = at;
  const [whole, dots, star, name, bracket] = opening.exec(source) ?? [];
  if (whole === undefined || (!dots && !bracket)) return undefined;
  const deep = dots === '..';
  const end = at + whole.length;
  if (star) return { step: { kind: 'all' }, deep, end };
  if (name !== undefined) return { step: { kind: 'names', names: [name] }, deep, end };
  const filter = readFilter(source, end, spend);
  if (filter) return { step: { kind: 'filter', holds: filter.holds }, deep, end: filter.end };
  const inner = /((?:'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"|[^\]'"])*)\]/y;
  inner.lastIndex = end;
  const content = inner.exec(source)?.[1];
  const step = content === undefined ? undefined : bracketed(content.trim());
  return step && { step, deep, end: inner.lastIndex };
}

function bracketed(content: string): Step | undefined {
  if (content === '*') return { kind: 'all' };
  if (/^-?\d{1,9}(\s*,\s*-?\d{1,9})*$/.test(content)) return { kind: 'items', at: content.split(',').map(Number) };
  const slice = /^(-?\d{1,9})?\s*:\s*(-?\d{1,9})?$/.exec(content);
  if (slice) {
    const [from, to] = [slice[1], slice[2]].map((end) => (end === undefined ? undefined : Number(end)));
    return { kind: 'slice', from, to };
  }
  const quoted = /'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)"/g;
  if (!/^(?:'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")(?:\s*,\s*(?:'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"))*$/.test(content)) {
    return undefined;
  }
  const names = [...content.matchAll(quoted)].map(([, single, double]) =>
    (single ?? double ?? '').replaceAll(/\\(.)/g, '$1'),
  );
  return { kind: 'names', names };
}

function take(value: Value, step: Step): Value[] {
  switch (step.kind) {
    case 'names': {
      if (!isMap(value)) return [];
      const { entries } = value;
      return step.names.filter((name) => entries.has(name)).map((name) => entries.get(name));
    }
    case 'merged': {
      if (!isMap(value)) return [];
      const { entries } = value;
      const held = step.names.filter((name) => entries.has(name));
      if (step.all && held.length < step.names.length) return [];
      return [mapOf(held.map((name) => [name, entries.get(name)] as const))];
    }
    case 'items':
      if (!isList(value)) return [];
      return step.at.map((at) => value.items.at(at)).filter((item) => item !== undefined);
    case 'slice':
      return isList(value) ? value.items.slice(step.from, step.to) : [];
    case 'all':
      return childrenOf(value);
    case 'filter':
      return (isList(value) ? value.items : isMap(value) ? [value] : []).filter(step.holds);
  }
}

function childrenOf(value: Value): Value[] {
  if (isList(value)) return value.items;
  return isMap(value) ? [...value.entries.values()] : [];
}

/** Each before what is inside of it, as it stands in the document. Source: json-path's ScanPathToken. */
function withDescendants(value: Value, spend: Spend): Value[] {
  const all: Value[] = [];
  const open = [value];
  while (open.length > 0) {
    const each = open.pop();
    spend(stepCost);
    all.push(each);
    const inside = childrenOf(each);
    for (let at = inside.length - 1; at >= 0; at -= 1) open.push(inside[at]);
  }
  return all;
}
