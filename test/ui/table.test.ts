import { expect, it } from 'vitest';
import { tableLines } from '../../src/ui/table.ts';

it('a table may have any number of rows', () => {
  const rows = Array.from({ length: 300_000 }, (_, at) => ({ cells: [String(at)] }));
  const lines = tableLines([{ title: 'user' }], rows, { width: 80, style: (_style, text) => text });
  expect([lines.length, lines[0], lines.at(-1)]).toEqual([300_001, 'USER', '299999']);
});
