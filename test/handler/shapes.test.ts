import { DeleteItem$, GetItem$, PutItem$, Scan$, UpdateItem$ } from '@aws-sdk/client-dynamodb';
import { NormalizedSchema } from '@smithy/core/schema';
import { expect, test } from 'vitest';
import { answerMembers, parametersOf, type Shape } from '../../src/handler/shapes.ts';

/** What the SDK's own schema says, in the handler's words. */
function shapeOf(schema: NormalizedSchema): Shape {
  if (schema.getName() === 'AttributeValue') return 'value';
  if (schema.isStructSchema()) return { members: membersOf(schema) };
  if (schema.isMapSchema()) return { map: shapeOf(schema.getValueSchema()) };
  if (schema.isListSchema()) return { list: shapeOf(schema.getValueSchema()) };
  if (schema.isNumericSchema()) return 'whole number';
  return schema.isBooleanSchema() ? 'boolean' : 'string';
}

function membersOf(schema: NormalizedSchema): Record<string, Shape> {
  return Object.fromEntries(Object.entries(schema.getMemberSchemas()).map(([name, member]) => [name, shapeOf(member)]));
}

const operations = {
  PutItem: PutItem$,
  GetItem: GetItem$,
  UpdateItem: UpdateItem$,
  DeleteItem: DeleteItem$,
  Scan: Scan$,
};

test.each(Object.entries(operations))(
  "%s takes every parameter of the SDK's schema, as what it is",
  (name, operation) => {
    const [, , , , input] = operation;
    const { TableName, ...members } = membersOf(NormalizedSchema.of(input));
    expect(TableName).toBe('string');
    expect(parametersOf[name as keyof typeof operations]).toEqual(members);
  },
);

test.each(Object.entries(operations))(
  "%s answers every member of the SDK's schema, in its order",
  (_name, operation) => {
    const [, , , , , output] = operation;
    const members = membersOf(NormalizedSchema.of(output));
    expect(Object.keys(answerMembers).filter((name) => name in members)).toEqual(Object.keys(members));
    for (const [name, shape] of Object.entries(members)) {
      const holdsValues = JSON.stringify(shape).includes('"value"');
      expect(JSON.stringify(answerMembers[name]).includes('"value"'), name).toBe(holdsValues);
    }
  },
);
