import { NormalizedSchema } from '@smithy/core/schema';

/** botocore's shapes as the SDK's schemas, and its values as theirs. */

export interface ShapeModel {
  type: string;
  members?: Record<string, MemberModel>;
  member?: MemberModel;
  key?: MemberModel;
  value?: MemberModel;
  flattened?: boolean;
  timestampFormat?: string;
  sparse?: boolean;
  payload?: string;
  /** Any JSON. */
  document?: boolean;
  error?: { code?: string; httpStatusCode?: number; senderFault?: boolean };
}

interface MemberModel {
  shape: string;
  location?: string;
  locationName?: string;
  timestampFormat?: string;
  flattened?: boolean;
}

const timestamps: Record<string, number> = { iso8601: 5, rfc822: 6, unixTimestamp: 7 };
const scalars: Record<string, number> = {
  string: 0,
  character: 0,
  boolean: 2,
  blob: 21,
  integer: 1,
  long: 1,
  float: 1,
  double: 1,
};

type Schema = unknown;

export function schemaOf(shapes: Record<string, ShapeModel>, name: string | undefined): NormalizedSchema {
  const made = new Map<string, Schema>();

  function of(shapeName: string): Schema {
    const shape = shapes[shapeName];
    if (!shape) throw new Error(`there is no shape ${shapeName}`);
    if (shape.document) return 15;
    if (shape.type === 'timestamp') return timestamps[shape.timestampFormat ?? ''] ?? 4;
    const scalar = scalars[shape.type];
    if (scalar !== undefined) return scalar;
    const known = made.get(shapeName);
    if (known) return () => known;
    const schema: unknown[] = [];
    made.set(shapeName, schema);
    const traits = shape.flattened ? { xmlFlattened: 1 } : 0;
    if (shape.type === 'list') {
      schema.push(1, 'test', shapeName, traits, member(shape.member));
    } else if (shape.type === 'map') {
      schema.push(2, 'test', shapeName, traits, member(shape.key), member(shape.value));
    } else {
      const members = Object.entries(shape.members ?? {});
      const payload = shape.payload;
      schema.push(
        3,
        'test',
        shapeName,
        0,
        members.map(([each]) => each),
        members.map(([each, model]) => member(model, each === payload)),
      );
    }
    return () => schema;
  }

  function member(model: MemberModel | undefined, isPayload = false): Schema {
    if (!model) throw new Error('a member without a shape');
    const { location, locationName, timestampFormat, flattened } = model;
    const schema = timestampFormat === undefined ? of(model.shape) : (timestamps[timestampFormat] ?? 4);
    const traits: Record<string, unknown> = {
      ...(isPayload && { httpPayload: 1 }),
      ...(flattened && { xmlFlattened: 1 }),
      ...(location === 'uri' && { httpLabel: 1 }),
      ...(location === 'header' && { httpHeader: locationName }),
      ...(location === 'headers' && { httpPrefixHeaders: locationName ?? '' }),
      ...(location === 'querystring' &&
        (locationName === undefined ? { httpQueryParams: 1 } : { httpQuery: locationName })),
      ...(location === 'statusCode' && { httpResponseCode: 1 }),
      ...(location === undefined && locationName !== undefined && { jsonName: locationName, xmlName: locationName }),
    };
    return Object.keys(traits).length > 0 ? [schema, traits] : schema;
  }

  return NormalizedSchema.of((name === undefined ? 'unit' : of(name)) as never);
}

/** botocore's JSON of a value → what the SDK's types hold: dates for seconds, bytes for text. */
export function sdkValue(schema: NormalizedSchema, value: unknown): unknown {
  if (value === null || value === undefined) return value;
  if (schema.isStructSchema()) {
    const given = value as Record<string, unknown>;
    const out: Record<string, unknown> = {};
    for (const [name, member] of schema.structIterator()) {
      // Nobody sends or answers a member that is null.
      if (given[name] !== undefined && given[name] !== null) out[name] = sdkValue(member, given[name]);
    }
    return out;
  }
  if (schema.isListSchema()) return (value as unknown[]).map((item) => sdkValue(schema.getValueSchema(), item));
  if (schema.isMapSchema()) {
    return Object.fromEntries(
      Object.entries(value).map(([key, item]) => [key, sdkValue(schema.getValueSchema(), item)]),
    );
  }
  if (schema.isTimestampSchema()) return new Date(typeof value === 'number' ? value * 1000 : String(value));
  if (schema.isBlobSchema()) return new Uint8Array(Buffer.from(String(value)));
  if (schema.isNumericSchema()) return Number(value);
  return value;
}

interface Element {
  name: string;
  text: string;
  children: Element[];
}

function parseXml(xml: string): Element {
  const root: Element = { name: '', text: '', children: [] };
  const open = [root];
  for (const [, closing, name = '', selfClosing, text] of xml.matchAll(/<(\/)?([\w:.-]+)[^>]*?(\/)?>|([^<]+)/g)) {
    const here = open.at(-1) ?? root;
    if (text !== undefined) {
      here.text += text.replace(/&#x([0-9a-f]+);/g, (_, code: string) =>
        String.fromCharCode(Number.parseInt(code, 16)),
      );
    } else if (closing) open.pop();
    else {
      const element: Element = { name, text: '', children: [] };
      here.children.push(element);
      if (!selfClosing) open.push(element);
    }
  }
  return root;
}

/** A query answer, read as clients read it. */
export function readableXml(schema: NormalizedSchema, xml: string, operation: string): unknown {
  const response = parseXml(xml).children[0];
  const result = response?.children.find(({ name }) => name === `${operation}Result`);
  return result && schema.isStructSchema() ? fromXml(schema, [result]) : {};
}

function fromXml(schema: NormalizedSchema, elements: Element[]): unknown {
  const [first] = elements;
  if (!first) return undefined;
  const isFlat = schema.getMergedTraits().xmlFlattened === 1;
  if (schema.isStructSchema()) {
    const out: Record<string, unknown> = {};
    for (const [name, member] of schema.structIterator()) {
      const named = first.children.filter((child) => child.name === (member.getMergedTraits().xmlName ?? name));
      const value = fromXml(member, named);
      if (value !== undefined) out[name] = value;
    }
    return out;
  }
  if (schema.isListSchema()) {
    const of = schema.getValueSchema();
    return (isFlat ? elements : first.children).map((element) => fromXml(of, [element]));
  }
  if (schema.isMapSchema()) {
    const [keyName, valueName] = [schema.getKeySchema(), schema.getValueSchema()].map(
      (part, index) => part.getMergedTraits().xmlName ?? ['key', 'value'][index],
    );
    return Object.fromEntries(
      (isFlat ? elements : first.children).map(({ children }) => [
        children.find(({ name }) => name === keyName)?.text ?? '',
        fromXml(
          schema.getValueSchema(),
          children.filter(({ name }) => name === valueName),
        ),
      ]),
    );
  }
  if (schema.isBooleanSchema()) return first.text === 'true';
  if (schema.isNumericSchema()) return Number(first.text);
  if (schema.isTimestampSchema()) {
    return new Date(/^[\d.]+$/.test(first.text) ? Number(first.text) * 1000 : first.text);
  }
  return schema.isBlobSchema() ? new Uint8Array(Buffer.from(first.text, 'base64')) : first.text;
}
