/** JSON Schema (draft 2020-12), as far as the documents of `--json` need it. */
export interface Schema {
  description?: string;
  type?: 'string' | 'integer' | 'number' | 'boolean' | 'null' | 'array' | 'object';
  format?: 'date-time';
  enum?: readonly (string | number | boolean)[];
  anyOf?: readonly Schema[];
  items?: Schema;
  properties?: Readonly<Record<string, Schema>>;
  required?: readonly string[];
  additionalProperties?: false | Schema;
}

/** A member that is not always there. */
interface Optional {
  optional: Schema;
}

export type Members<Document> = Record<keyof Document & string, Schema | Optional>;

const described = (schema: Schema, description: string | undefined): Schema =>
  description === undefined ? schema : { ...schema, description };

export const text = (description?: string) => described({ type: 'string' }, description);
export const whole = (description?: string) => described({ type: 'integer' }, description);
export const number = (description?: string) => described({ type: 'number' }, description);
export const flag = (description?: string) => described({ type: 'boolean' }, description);
/** An instant, as `2026-01-31T12:00:00.000Z`. */
export const time = (description?: string) => described({ type: 'string', format: 'date-time' }, description);
/** Any JSON. */
export const anything = (description?: string) => described({}, description);
export const oneOf = (values: NonNullable<Schema['enum']>, description?: string) =>
  described({ enum: values }, description);
export const listOf = (items: Schema, description?: string) => described({ type: 'array', items }, description);
export const mapOf = (value: Schema, description?: string) =>
  described({ type: 'object', additionalProperties: value }, description);

/** The same, or null. */
export const orNull = ({ description, ...schema }: Schema): Schema =>
  described({ anyOf: [schema, { type: 'null' }] }, description);

/** Left out in some cases; its description says when it is there. */
export const optional = (schema: Schema): Optional => ({ optional: schema });

/** An object with these members and no others. Given the type of what is printed, the compiler asks for each of its members. */
export function object<Document = Record<string, unknown>>(members: Members<Document>, description?: string): Schema {
  const entries = Object.entries<Schema | Optional>(members);
  const properties = entries.map(([name, member]) => [name, 'optional' in member ? member.optional : member]);
  const required = entries.flatMap(([name, member]) => ('optional' in member ? [] : [name]));
  return described(
    { type: 'object', properties: Object.fromEntries(properties), required, additionalProperties: false },
    description,
  );
}

/** `ok: true`, with which every document of dynops's own begins that tells of a success. */
export const ok = oneOf([true]);
