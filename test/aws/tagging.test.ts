import { readdirSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';

it('is tried of every resource that carries tags', async () => {
  const files = readdirSync(new URL('../../src/aws', import.meta.url));
  const carriers: string[] = [];
  for (const file of files) {
    const module: object = await import(`../../src/aws/${file}`);
    if (Object.values(module).some((value) => Object(value).tagging)) carriers.push(file.replace(/\.ts$/, '.test.ts'));
  }
  expect(carriers.length).toBeGreaterThan(5);
  const tried = (test: string) => readFileSync(new URL(test, import.meta.url), 'utf8').includes('await taggingCalls(');
  expect(carriers.filter((test) => !tried(test))).toEqual([]);
});
