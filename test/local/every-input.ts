import type { NormalizedSchema } from '@smithy/core/schema';
import type { Constraints } from '../../src/local/wire/validate.ts';

/** Inputs with one member more than a call needs, made from the SDK's schemas, that tell which of their members were read. */

export interface Probe {
  /** `endpointConfiguration.types` */
  path: string;
  input: Record<string, unknown>;
}

/** A value by its member's name, where any text does not do. */
export type Names = Record<string, unknown>;

export interface Modelled {
  constraints: Constraints;
  names: Names;
}

/** One input for each member of an operation's, those of structures in it too, also inside of lists and maps; `base`: what each call has. */
export function probesOf(
  service: Modelled,
  schema: NormalizedSchema,
  { operation, base }: { operation: string; base: Record<string, unknown> },
): Probe[] {
  const shapeName = service.constraints.inputs[operation];
  const needed = { ...required(service, schema, shapeName), ...base };
  return stepsTo(service, schema, { shapeName, steps: [] }).map((steps) => withMember(needed, steps));
}

export function required({ constraints, names }: Modelled, schema: NormalizedSchema, shapeName: string | undefined) {
  const members = constraints.shapes[shapeName ?? '']?.members ?? {};
  const out: Record<string, unknown> = {};
  if (!schema.isStructSchema()) return out;
  for (const [name, member] of schema.structIterator()) {
    const shape = members[name];
    if (shape?.required) out[name] = sampleOf({ constraints, names }, member, { name, shapeName: shape.shape });
  }
  return out;
}

/** A member, or what is inside of a list or a map; with a value that is put where there is none. */
export interface Step {
  into: 'member' | 'list' | 'map';
  name: string;
  value: unknown;
}

export interface Place {
  shapeName: string | undefined;
  steps: Step[];
}

/** Structures are in each other: attribute values, and trees of settings. */
const deepest = 8;

export function stepsTo(service: Modelled, schema: NormalizedSchema, place: Place): Step[][] {
  const { shapeName, steps } = place;
  if (steps.length >= deepest) return [];
  const shape = service.constraints.shapes[shapeName ?? ''];
  const inside = (of: NormalizedSchema, into: Step['into'], name: string, shapeName: string | undefined) => {
    const value = sampleOf(service, of, { name, shapeName });
    return { at: [...steps, { into, name, value }], shapeName };
  };
  if (schema.isStructSchema()) {
    return [...schema.structIterator()].flatMap(([name, member]) => {
      // A value inside of itself says nothing new.
      if (steps.some((step) => step.into === 'member' && step.name === name)) return [];
      const { at, shapeName } = inside(member, 'member', name, shape?.members?.[name]?.shape);
      return [at, ...stepsTo(service, member, { shapeName, steps: at })];
    });
  }
  if (!schema.isListSchema() && !schema.isMapSchema()) return [];
  const [into, within] = schema.isListSchema() ? (['list', shape?.of] as const) : (['map', shape?.value] as const);
  const { at, shapeName: inner } = inside(schema.getValueSchema(), into, '', within);
  return stepsTo(service, schema.getValueSchema(), { shapeName: inner, steps: at });
}

/** A value of a schema that AWS's models allow, as far as these say. */
function sampleOf(
  service: Modelled,
  schema: NormalizedSchema,
  { name, shapeName }: { name: string; shapeName: string | undefined },
): unknown {
  if (name in service.names) return service.names[name];
  const shape = service.constraints.shapes[shapeName ?? ''];
  if (schema.isStructSchema()) return required(service, schema, shapeName);
  if (schema.isListSchema()) return [sampleOf(service, schema.getValueSchema(), { name: '', shapeName: shape?.of })];
  if (schema.isMapSchema())
    return { a: sampleOf(service, schema.getValueSchema(), { name: '', shapeName: shape?.value }) };
  if (schema.isBooleanSchema()) return true;
  if (schema.isNumericSchema()) return Math.max(shape?.min ?? 1, 1);
  if (schema.isTimestampSchema()) return new Date(0);
  if (schema.isBlobSchema()) return new Uint8Array([123, 125]);
  return shape?.enum?.[0] ?? 'x'.repeat(Math.max(1, shape?.min ?? 1));
}

/** Of these members a structure has one. */
const exclusive = [
  ['S', 'N', 'B', 'SS', 'NS', 'BS', 'M', 'L', 'NULL', 'BOOL'],
  ['PutRequest', 'DeleteRequest'],
  ['Put', 'Delete', 'Update', 'ConditionCheck'],
];

/** The input with the last step's member, and the way to that. */
export function withMember(input: Record<string, unknown>, steps: Step[]): Probe {
  const path: string[] = [];
  const put = (held: unknown, [step, ...rest]: Step[]): unknown => {
    if (step === undefined) return held;
    const { into, name, value } = step;
    if (into === 'list') {
      const [first = value, ...others] = Array.isArray(held) ? held : [];
      return [put(first, rest), ...others];
    }
    const own: Record<string, unknown> = isRecord(held) ? { ...held } : {};
    const key = into === 'member' ? name : (Object.keys(own)[0] ?? 'a');
    path.push(key);
    const alternatives = into === 'member' ? (exclusive.find((names) => names.includes(key)) ?? []) : [];
    for (const other of alternatives) if (other !== key) delete own[other];
    return { ...own, [key]: rest.length === 0 ? value : put(own[key] ?? value, rest) };
  };
  const made = put(input, steps) as Record<string, unknown>;
  return { path: path.join('.'), input: made };
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype;

/** A copy whose members, once read, are in `read`. */
export function watched(value: unknown, read: Set<string>, path = ''): unknown {
  if (Array.isArray(value)) return value.map((item) => watched(item, read, path));
  if (!isRecord(value)) return value;
  const copy = {};
  for (const [name, member] of Object.entries(value)) {
    const at = path === '' ? name : `${path}.${name}`;
    const inner = watched(member, read, at);
    Object.defineProperty(copy, name, {
      enumerable: true,
      configurable: true,
      get() {
        read.add(at);
        return inner;
      },
    });
  }
  return copy;
}
