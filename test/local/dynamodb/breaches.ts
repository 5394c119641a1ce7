import type { Constraints } from '../../../src/local/wire/validate.ts';

type Shape = Constraints['shapes'][string];
type Path = (string | number)[];

export interface Breach {
  /** `Limit: min` */
  what: string;
  /** The request with this one thing wrong. */
  broken: object;
}

/** Every constraint that the request can be made to break, each by itself. */
export function breaches({ inputs, shapes }: Constraints, operation: string, request: object): Breach[] {
  return [...within(inputs[operation], request, [])].map(({ path, kind, value }) => ({
    what: `${operation}.${path.join('.')}: ${kind}`,
    broken: replaced(request, path, value) as object,
  }));

  function* within(
    name: string | undefined,
    held: unknown,
    path: Path,
  ): Generator<{ path: Path; kind: string; value: unknown }> {
    const shape = shapes[name ?? ''];
    if (!shape || typeof held === 'undefined') return;
    for (const [kind, value] of wrongValues(shape, held)) yield { path, kind, value };
    if (shape.members) {
      for (const [member, { shape: of, required }] of Object.entries(shape.members)) {
        const inner = (held as Record<string, unknown>)[member];
        if (inner === undefined) continue;
        if (required) yield { path: [...path, member], kind: 'required', value: undefined };
        yield* within(of, inner, [...path, member]);
      }
    } else if (Array.isArray(held)) yield* within(shape.of, held[0], [...path, 0]);
    else if (typeof held === 'object' && held !== null) {
      for (const [key, inner] of Object.entries(held).slice(0, 1)) yield* within(shape.value, inner, [...path, key]);
    }
  }
}

/** Longer texts than this are refused elsewhere. */
const longest = 60_000;

function* wrongValues(
  { min, max, pattern, enum: values, members }: Shape,
  held: unknown,
): Generator<[string, unknown]> {
  if (typeof held === 'number') {
    if (min !== undefined) yield ['min', min - 1];
    if (max !== undefined) yield ['max', max + 1];
  } else if (typeof held === 'string') {
    if (values) yield ['enum', 'NONSENSE'];
    if (min) yield ['min', 'x'.repeat(min - 1)];
    if (max !== undefined && max < longest) yield ['max', 'x'.repeat(max + 1)];
    if (pattern !== undefined) yield ['pattern', '!'.repeat(Math.max(min ?? 3, 3))];
  } else if (Array.isArray(held)) {
    if (min) yield ['min', []];
    if (max !== undefined) yield ['max', Array.from({ length: max + 1 }, () => held[0])];
  } else if (!members && min) yield ['min', {}];
}

function replaced(value: unknown, [step, ...rest]: Path, by: unknown): unknown {
  if (step === undefined) return by;
  if (Array.isArray(value)) return value.map((each, at) => (at === step ? replaced(each, rest, by) : each));
  const record = value as Record<string, unknown>;
  return { ...record, [step]: replaced(record[step], rest, by) };
}
