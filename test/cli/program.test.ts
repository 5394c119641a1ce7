import { expect, it } from 'vitest';
import { createProgram } from '../../src/cli/program.ts';
import { namedCommand, referenceOf } from '../../src/cli/reference.ts';

const declared = (first?: string) =>
  createProgram(
    async () => undefined,
    () => undefined,
    first,
  );
const whole = declared();
const names = whole.commands.map((command) => command.name());

it.each(names.filter((name) => name !== 'completion'))(
  '%s is declared as in the whole, without most others',
  (name) => {
    const program = declared(name);
    const documentOf = (of: typeof program) => referenceOf(of, namedCommand(of, [name]));
    expect(documentOf(program)).toEqual(documentOf(whole));
    expect(program.commands.length).toBeLessThan(names.length / 2);
  },
);

it.each([undefined, 'completion', 'help', '--help', '-h', '--json', '--aws', 'upp', 'toString', ''])(
  'all are declared where the first word is %s',
  (first) => {
    expect(declared(first).commands.map((command) => command.name())).toEqual(names);
  },
);

it.each(['--version', '-V'])('%s is told without a command', (word) => {
  const program = declared(word);
  expect(program.commands).toEqual([]);
  expect(() => program.parse([word, 'up'], { from: 'user' })).toThrow(whole.version());
});
