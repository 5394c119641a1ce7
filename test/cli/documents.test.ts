import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { documentSchemaText } from '../../scripts/command-pages.ts';
import { documentPage } from '../../scripts/document-page.ts';
import { documents } from '../../src/cli/documents/documents.ts';
import { listOf, object, ok, optional, orNull, text, time, whole } from '../../src/cli/documents/schema.ts';
import { declaredCommands } from './command-lines.ts';
import { documentFaults, schemaFaults } from './documented.ts';
import { type Installation, install } from './dynops.ts';

const read = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');

describe('the documents of --json', () => {
  it('are declared for each command, and for nothing else', () => {
    expect(Object.keys(documents).sort()).toEqual(
      declaredCommands()
        .map(({ command }) => command)
        .sort(),
    );
  });

  it('stand in docs/json.md and docs/json.schema.json as they are declared', () => {
    expect(read('docs/json.md')).toBe(documentPage());
    expect(JSON.parse(read('docs/json.schema.json'))).toEqual(JSON.parse(documentSchemaText()));
  });
});

describe('a document', () => {
  const schema = object({ ok, names: listOf(text()), count: orNull(whole()), at: optional(time()) });
  const good = { ok: true, names: ['a'], count: null, at: '2026-01-31T12:00:00.000Z' };

  it.each([
    [good, []],
    [{ ...good, more: 1 }, ['.more is not declared']],
    [{ ok: true, names: [] }, ['.count is missing']],
    [{ ...good, names: ['a', 1] }, ['.names[1] is 1, not text']],
    [{ ...good, count: 1.5 }, ['.count is 1.5, not a whole number']],
    [{ ...good, at: 'today' }, ['.at is "today", not a time']],
    [{ ...good, ok: false }, ['.ok is false, not true']],
    [[], ['the document is [], not an object']],
  ])('%j', (value, faults) => {
    expect(schemaFaults(schema, value)).toEqual(faults);
  });
});

/** documents.exhaustive.test.ts runs every command. */
describe('on an engine', () => {
  let dynops: Installation;
  beforeAll(async () => {
    dynops = await install();
  });
  afterAll(() => dynops.remove());

  it('some commands print what is declared', async () => {
    const lines = [
      'local status',
      'up',
      'status',
      'call ping',
      'token',
      'token --decode',
      'list',
      'logs',
      'table items',
      'doctor',
    ];
    const faults: string[] = [];
    for (const line of [...lines, 'call read --no-auth --id 1', 'local requests', 'down --yes']) {
      const { stdout } = await dynops.run([...line.split(' '), '--json'], { cwd: join(dynops.home) });
      faults.push(...documentFaults(line.split(' '), stdout));
    }
    expect(faults).toEqual([]);
  });
});
