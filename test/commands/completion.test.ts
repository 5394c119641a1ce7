import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const bin = new URL('../../bin/dynops.js', import.meta.url).pathname;
let folder: string;

function installed(shell: string): boolean {
  return spawnSync(shell, ['-c', 'true']).status === 0;
}

/** What a shell prints that runs a program without anybody's settings. */
function outputOf(shell: string, ...parameters: string[]): string {
  return execFileSync(shell, parameters, { encoding: 'utf8', env: { PATH: process.env.PATH, HOME: folder } });
}

function scriptFor(shell: string): string {
  const file = join(folder, `dynops.${shell}`);
  const env = { PATH: process.env.PATH, HOME: folder };
  writeFileSync(file, execFileSync(process.execPath, [bin, 'completion', shell], { env }));
  return file;
}

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'dynops-completion-'));
});

afterAll(() => rmSync(folder, { recursive: true }));

const cases: [words: string[], expected: string[], never: string[]][] = [
  [
    ['dynops', ''],
    ['up', 'call', 'local', '--json', '--help'],
    ['start', '--keep-data'],
  ],
  [['dynops', 'local', ''], ['start', 'stop', 'env', '--json'], ['up']],
  [['dynops', '--json', 'local', 'st'], ['start', 'status', 'stop'], ['env']],
  [['dynops', 'call', ''], ['create', 'ping'], ['start']],
  [['dynops', 'call', 'list', '--'], ['--filter', '--all', '--stack'], ['create']],
  [['dynops', 'down', '--k'], ['--keep-data'], ['--json']],
  // Values of options, where they can be counted; the word that an option takes is no command.
  [
    ['dynops', 'tune', '--strategy', ''],
    ['balanced', 'cost', 'speed'],
    ['--json', 'up'],
  ],
  [['dynops', 'up', '--policy', 't'], ['tutorial'], ['least-privilege']],
  [['dynops', '--stack', 'local', 'call', ''], ['ping'], ['start']],
];

describe.skipIf(!installed('bash'))('bash completion', () => {
  it.each(cases)('of %j', (words, expected, never) => {
    const script = scriptFor('bash');
    const quoted = words.map((word) => `'${word}'`).join(' ');
    const program = `source '${script}'; COMP_WORDS=(${quoted}); COMP_CWORD=${words.length - 1}; _dynops; printf '%s\\n' "\${COMPREPLY[@]}"`;
    const offered = outputOf('bash', '--norc', '-c', program).split('\n');
    expect(offered).toEqual(expect.arrayContaining(expected));
    for (const word of never) expect(offered).not.toContain(word);
  });
});

describe.skipIf(!installed('bash'))('bash completion where a file is wanted', () => {
  it.each([
    [['dynops', 'call', 'create', '--item', '']],
    [['dynops', 'load', '--scenario', '']],
    [['dynops', 'logs', '']],
  ])('of %j offers no words of ours', (words) => {
    const script = scriptFor('bash');
    const quoted = words.map((word) => `'${word}'`).join(' ');
    const program = `source '${script}'; COMP_WORDS=(${quoted}); COMP_CWORD=${words.length - 1}; _dynops; printf '%s' "\${COMPREPLY[*]}"`;
    expect(outputOf('bash', '--norc', '-c', program)).toBe('');
  });
});

describe.skipIf(!installed('fish'))('fish completion', () => {
  it.each(cases)('of %j', (words, expected, never) => {
    const script = scriptFor('fish');
    const program = `source '${script}'; complete -C '${words.join(' ')}'`;
    const lines = outputOf('fish', '--no-config', '-c', program).split('\n');
    const offered = lines.map((line) => line.split('\t')[0]);
    // fish offers options only after a hyphen.
    const applicable = expected.filter((word) => !word.startsWith('-') || words.at(-1)?.startsWith('-'));
    expect(offered).toEqual(expect.arrayContaining(applicable));
    for (const word of never) expect(offered).not.toContain(word);
  });
});

describe.skipIf(!installed('zsh'))('zsh completion', () => {
  it('is a script that zsh takes, and offers the words of a place', () => {
    const script = scriptFor('zsh');
    outputOf('zsh', '-n', script);
    // _describe needs a line editor; what would be given to it is looked at instead.
    const program = `compdef() { }; _describe() { print -l -- "\${(@)known}" }; source '${script}'; words=(dynops local ''); CURRENT=3; _dynops`;
    const offered = outputOf('zsh', '-f', '-c', program);
    expect(offered).toMatch(/^start:Starts the engine/m);
    expect(offered).not.toMatch(/^up:/m);
  });
});
