import type { NormalizedSchema } from '@smithy/core/schema';
import type { Catalog } from '../../../src/local/wire/catalog.ts';
import { type Modelled, type Names, required, type Step, stepsTo, withMember } from '../every-input.ts';
import { absent, type Plan } from './plan.ts';

/** The members of an operation's input, and inputs in which one of them differs. */

export interface Place {
  path: string;
  steps: Step[];
  schema: NormalizedSchema;
}

interface Scenery {
  plan: Plan;
  catalog: Catalog;
  names: Names;
}

const firsts = (values: Record<string, unknown[]>): Names =>
  Object.fromEntries(
    Object.entries(values).flatMap(([name, [first]]) =>
      first === absent || first === undefined ? [] : [[name, first]],
    ),
  );

function modelled({ plan, names }: Scenery): Modelled {
  return { constraints: plan.service.constraints, names: firsts(plan.values(names)) };
}

const isInAttributeValue = /\.(S|N|B|SS|NS|BS|M|L|NULL|BOOL)(\.|$)/;

/** The members without members, and those whose values are given as a whole. */
export function placesOf(scenery: Scenery, operation: string): Place[] {
  const { plan, catalog, names } = scenery;
  const schema = catalog.operations.get(operation)?.input;
  if (!schema) throw new Error(operation);
  const of = modelled(scenery);
  const values = plan.values(names);
  const shapeName = of.constraints.inputs[operation];
  const all = stepsTo(of, schema, { shapeName, steps: [] }).map((steps) => ({
    steps,
    path: pathOf(steps),
    schema: schemaAt(schema, steps),
  }));
  const whole = all.map(({ path }) => path).filter((path) => values[`${operation}.${path}`] ?? values[path]);
  const byPath = new Map<string, Place>();
  for (const place of all) {
    if (isInAttributeValue.test(place.path)) continue;
    if (whole.some((path) => place.path.startsWith(`${path}.`)) && !whole.includes(place.path)) continue;
    byPath.set(place.path, place);
  }
  const paths = [...byPath.keys()];
  const leaves = [...byPath.values()].filter(
    ({ path }) => whole.includes(path) || !paths.some((other) => other.startsWith(`${path}.`)),
  );
  // What a whole stands for by parts of its own, as patches do by their paths.
  const parts = Object.keys(values).filter((key) => key.startsWith(`${operation}.`) && key.includes(':'));
  return [...leaves, ...parts.map((key) => partOf(key.slice(operation.length + 1), leaves))];
}

function partOf(path: string, leaves: Place[]): Place {
  const whole = leaves.find((leaf) => path.startsWith(`${leaf.path}:`));
  if (!whole) throw new Error(path);
  return { ...whole, path };
}

const pathOf = (steps: Step[]) =>
  steps.flatMap(({ into, name }) => (into === 'list' ? [] : [into === 'map' ? '*' : name])).join('.');

function schemaAt(schema: NormalizedSchema, steps: Step[]): NormalizedSchema {
  let at = schema;
  for (const { into, name } of steps) {
    at = into === 'member' ? at.getMemberSchema(name) : at.getValueSchema();
  }
  return at;
}

interface Variant {
  value: unknown;
  input: Record<string, unknown>;
}

export function variantsOf(scenery: Scenery, operation: string, place: Place): Variant[] {
  const { plan, catalog, names } = scenery;
  const schema = catalog.operations.get(operation)?.input;
  if (!schema) throw new Error(operation);
  const of = modelled(scenery);
  const bases = plan.bases(names);
  // The nearest of what is said for the member and for what it is in.
  const around = place.path.split('.').map((_, index, parts) => parts.slice(0, parts.length - index).join('.'));
  const own = around.map((path) => bases[`${operation}.${path}`]).find((base) => base !== undefined);
  const values = plan.values(names);
  const needed = { ...required(of, schema, of.constraints.inputs[operation]), ...bases[operation] };
  const named = Object.keys(needed).flatMap((member) => {
    const [first] = values[`${operation}.${member}`] ?? [];
    return first === undefined || first === absent || Object.hasOwn(bases[operation] ?? {}, member)
      ? []
      : [[member, first]];
  });
  const base = Object.fromEntries(
    Object.entries({ ...needed, ...Object.fromEntries(named), ...own }).filter(([, held]) => held !== undefined),
  );
  const last = place.path.split('.').at(-1) ?? '';
  const given = values[`${operation}.${place.path}`] ?? values[place.path] ?? values[last];
  const shapeName = shapeAt(of.constraints, operation, place.steps);
  const step = place.steps.at(-1);
  if (!step) throw new Error(place.path);
  return (given ?? samplesOf(of, place.schema, shapeName)).map((value) => {
    if (value !== absent)
      return { value, input: withMember(base, [...place.steps.slice(0, -1), { ...step, value }]).input };
    const input = { ...base };
    delete input[step.name];
    return { value: undefined, input };
  });
}

const attributeValues = [
  { S: 'x' },
  { N: '1' },
  { B: 'eA==' },
  { SS: ['x'] },
  { NS: ['1'] },
  { BS: ['eA=='] },
  { M: {} },
  { L: [] },
  { NULL: true },
  { BOOL: true },
];

/** Values that differ: all of an enumeration. */
function samplesOf(of: Modelled, schema: NormalizedSchema, shapeName: string | undefined): unknown[] {
  const shape = of.constraints.shapes[shapeName ?? ''] ?? {};
  if (schema.getName() === 'com.amazonaws.dynamodb#AttributeValue') return attributeValues;
  if (schema.isListSchema()) {
    const items = samplesOf(of, schema.getValueSchema(), shape.of);
    return [...items.map((item) => [item]), ...(items.length > 1 && shape.max !== 1 ? [items.slice(0, 2)] : [])];
  }
  if (schema.isMapSchema()) {
    const items = samplesOf(of, schema.getValueSchema(), shape.value);
    return [...items.map((item) => ({ a: item })), { b: items[0] }];
  }
  if (schema.isStructSchema()) return [required(of, schema, shapeName)];
  if (schema.isDocumentSchema()) return [{ a: 'b' }, { a: 'c' }];
  if (schema.isBooleanSchema()) return [true, false];
  if (schema.isNumericSchema()) {
    const least = Math.max(shape.min ?? 1, 1);
    return least === shape.max ? [least] : [least, least + 1];
  }
  if (schema.isTimestampSchema()) return [new Date(1_000_000), new Date(2_000_000)];
  if (schema.isBlobSchema()) return [new Uint8Array([123, 125]), new Uint8Array([91, 93])];
  if (shape.enum) return shape.enum;
  const length = Math.max(3, shape.min ?? 1);
  return ['x'.repeat(length), 'y'.repeat(length)];
}

function shapeAt(constraints: Modelled['constraints'], operation: string, steps: Step[]): string | undefined {
  let name = constraints.inputs[operation];
  for (const step of steps) {
    const shape = constraints.shapes[name ?? ''];
    name =
      step.into === 'member' ? shape?.members?.[step.name]?.shape : step.into === 'list' ? shape?.of : shape?.value;
  }
  return name;
}
