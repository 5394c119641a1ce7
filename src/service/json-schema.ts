import { fileSettings } from '../settings/table.ts';
import { serviceMembers } from './members.ts';
import type { Member, Shape } from './shape.ts';

/** `dynops.json` as JSON Schema, for editors; made of the same descriptions that the file is checked by. */
export function jsonSchema(): object {
  return {
    $schema: 'http://json-schema.org/draft-07/schema#',
    title: 'dynops.json',
    description: 'A service of one’s own for dynops, and settings that need not be repeated.',
    type: 'object',
    additionalProperties: false,
    properties: { ...settingProperties(), ...propertiesOf(serviceMembers) },
  };
}

function settingProperties(): Record<string, object> {
  const entries = Object.entries(fileSettings).map(([name, setting]): [string, object] => {
    const { choices, isSwitch, isList, help, read } = setting;
    const isNumber = typeof read('1') === 'number';
    const type = isSwitch ? 'boolean' : isList ? 'array' : isNumber ? 'integer' : 'string';
    const values = choices && (isNumber ? choices.map(Number) : choices);
    return [
      name,
      {
        description: help,
        type,
        ...(isList && { items: { type: 'string' } }),
        ...(values && !isSwitch && { enum: values }),
      },
    ];
  });
  return Object.fromEntries(entries);
}

function propertiesOf(members: Record<string, Member>): Record<string, object> {
  return Object.fromEntries(
    Object.entries(members).map(([name, { shape, help }]) => [name, { description: help, ...schemaOf(shape) }]),
  );
}

function schemaOf(shape: Shape): object {
  switch (shape.kind) {
    case 'text':
      return { type: 'string', examples: [shape.example] };
    case 'number':
      return {
        type: shape.fractions ? 'number' : 'integer',
        minimum: shape.least,
        maximum: shape.most,
        examples: [shape.example],
      };
    case 'choice':
      return { enum: shape.of };
    case 'list':
      return { type: 'array', items: schemaOf(shape.of), uniqueItems: true };
    case 'map':
      return { type: 'object', additionalProperties: schemaOf(shape.value) };
    case 'object': {
      const required = Object.entries(shape.members).flatMap(([name, member]) => (member.required ? [name] : []));
      const properties = propertiesOf(shape.members);
      return { type: 'object', additionalProperties: false, properties, ...(required.length > 0 && { required }) };
    }
    case 'any':
      return {};
    case 'either':
      return { anyOf: [schemaOf(shape.short), schemaOf(shape.long)] };
  }
}
