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

interface Service {
  constraints: Constraints;
  names: Names;
}

/** One input for each member of an operation's, structures' members too; `base`: what each call has. */
export function probesOf(
  service: Service,
  schema: NormalizedSchema,
  { operation, base }: { operation: string; base: Record<string, unknown> },
): Probe[] {
  const shapeName = service.constraints.inputs[operation];
  const needed = { ...required(service, schema, shapeName), ...base };
  return pathsOf(service, schema, { shapeName, path: [], depth: 0 }).map(({ path, value }) => ({
    path: path.join('.'),
    input: withMember(needed, path, value),
  }));
}

function required({ constraints, names }: Service, schema: NormalizedSchema, shapeName: string | undefined) {
  const members = constraints.shapes[shapeName ?? '']?.members ?? {};
  const out: Record<string, unknown> = {};
  if (!schema.isStructSchema()) return out;
  for (const [name, member] of schema.structIterator()) {
    const shape = members[name];
    if (shape?.required) out[name] = sampleOf({ constraints, names }, member, { name, shapeName: shape.shape });
  }
  return out;
}

interface Place {
  shapeName: string | undefined;
  path: string[];
  depth: number;
}

function pathsOf(service: Service, schema: NormalizedSchema, place: Place): { path: string[]; value: unknown }[] {
  if (!schema.isStructSchema() || place.depth > 3) return [];
  const members = service.constraints.shapes[place.shapeName ?? '']?.members ?? {};
  return [...schema.structIterator()].flatMap(([name, member]) => {
    const shapeName = members[name]?.shape;
    const path = [...place.path, name];
    const value = sampleOf(service, member, { name, shapeName });
    if (name in service.names) return [{ path, value }];
    return [{ path, value }, ...pathsOf(service, member, { shapeName, path, depth: place.depth + 1 })];
  });
}

/** A value of a schema that AWS's models allow, as far as these say. */
function sampleOf(
  service: Service,
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

function withMember(input: Record<string, unknown>, [name = '', ...rest]: string[], value: unknown) {
  const held = input[name];
  const isMap = typeof held === 'object' && held !== null && !Array.isArray(held);
  const inner: unknown =
    rest.length === 0 ? value : withMember(isMap ? (held as Record<string, unknown>) : {}, rest, value);
  return { ...input, [name]: inner };
}

/** A copy whose members, once read, are in `read`. */
export function watched(value: unknown, read: Set<string>, path = ''): unknown {
  if (Array.isArray(value)) return value.map((item) => watched(item, read, path));
  const isPlain = typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype;
  if (!isPlain) return value;
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
