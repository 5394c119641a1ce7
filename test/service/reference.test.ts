import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { schemaText, servicePage } from '../../scripts/service-reference.ts';
import { serviceMembers } from '../../src/service/members.ts';

const textOf = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');

it('docs/service.md and dynops.schema.json are what `npm run docs` writes', () => {
  expect(textOf('docs/service.md')).toBe(servicePage());
  expect(JSON.parse(textOf('dynops.schema.json'))).toEqual(JSON.parse(schemaText()));
});

it('the schema knows every member that the file may hold, and no other', () => {
  const schema = JSON.parse(textOf('dynops.schema.json'));
  expect(Object.keys(schema.properties)).toEqual(
    expect.arrayContaining([...Object.keys(serviceMembers), 'stack', 'memoryMb']),
  );
  expect(schema.additionalProperties).toBe(false);
});
