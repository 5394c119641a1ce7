import { type ChildProcessWithoutNullStreams, execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { until } from '../cli/dynops.ts';
import { script } from '../cli/terminal.ts';

const bin = new URL('../../bin/dynops.js', import.meta.url).pathname;
let folder: string;

/** Why tests are skipped, if they are. */
function lacks(...programs: string[]): string {
  const missing = programs.filter((program) => spawnSync(program, ['--version']).status !== 0);
  return missing.length === 0 ? '' : ` (skipped: needs ${missing.join(' and ')})`;
}

/** That of somebody with profiles and stacks, and dynops on the path. */
function environment() {
  return { PATH: `${folder}/bin:${process.env.PATH}`, HOME: folder, DYNOPS_HOME: join(folder, 'dynops') };
}

/** What a shell prints that runs a program without anybody's settings. */
function outputOf(shell: string, ...parameters: string[]): string {
  return execFileSync(shell, parameters, { encoding: 'utf8', env: environment(), cwd: folder });
}

function scriptFor(shell: string): string {
  const file = join(folder, `dynops.${shell}`);
  if (existsSync(file)) return file;
  writeFileSync(file, execFileSync(process.execPath, [bin, 'completion', shell], { env: environment() }));
  return file;
}

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'dynops-completion-'));
  const put = (path: string, text: string, mode = 0o600) => {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text, { mode });
  };
  put('bin/dynops', `#!/bin/sh\nexec '${process.execPath}' '${bin}' "$@"\n`, 0o755);
  put('README', '');
  // A profile's name is expanded by nobody.
  put('.aws/config', '[default]\n[profile dev]\n[profile a:b]\n[profile $(touch hacked)]\n');
  for (const stack of ['default', 'blue']) put(`dynops/stacks/local/0/us-east-1/${stack}/outputs.json`, '{}');
});

afterAll(() => {
  expect(existsSync(join(folder, 'hacked'))).toBe(false);
  rmSync(folder, { recursive: true });
});

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
  [['dynops', 'up', '--runtime', ''], ['nodejs24.x', 'nodejs22.x'], ['up']],
  [['dynops', 'up', '--region', 'eu-'], ['eu-west-1', 'eu-north-1'], ['us-east-1']],
  [
    ['dynops', '--profile', ''],
    ['default', 'dev', 'a:b'],
    ['hacked', '$(touch'],
  ],
  [['dynops', 'status', '--stack', ''], ['blue', 'default'], ['local']],
];

describe.skipIf(lacks('bash') !== '')(`bash completion${lacks('bash')}`, () => {
  it.each(cases)('of %j', (words, expected, never) => {
    const script = scriptFor('bash');
    const quoted = words.map((word) => `'${word}'`).join(' ');
    const program = `source '${script}'; COMP_WORDS=(${quoted}); COMP_CWORD=${words.length - 1}; _dynops; printf '%s\\n' "\${COMPREPLY[@]}"`;
    const offered = outputOf('bash', '--norc', '-c', program).split('\n');
    expect(offered).toEqual(expect.arrayContaining(expected));
    for (const word of never) expect(offered).not.toContain(word);
  });
});

describe.skipIf(lacks('bash') !== '')(`bash completion where a file is wanted${lacks('bash')}`, () => {
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

describe.skipIf(lacks('fish') !== '')(`fish completion${lacks('fish')}`, () => {
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

/** A terminal of its own, as zsh completes in its line editor alone; which is what `script` gives. */
describe.skipIf(lacks('zsh', script) !== '')(`zsh completion${lacks('zsh', script)}`, () => {
  let child: ChildProcessWithoutNullStreams;
  let shown = '';
  beforeAll(async () => {
    child = spawn(script, ['-qec', 'stty cols 250 && exec zsh -f -i', '/dev/null'], {
      env: { ...environment(), TERM: 'dumb' },
      cwd: folder,
    });
    child.stdout.on('data', (chunk) => (shown += chunk));
    const setUp = [
      'PROMPT= RPROMPT= LISTMAX=9999; unsetopt prompt_sp; unset zle_bracketed_paste',
      'autoload -Uz compinit; compinit -u -D',
      `source '${scriptFor('zsh')}'`,
      "bindkey '^T' list-choices; zle-line-init() { print -n 'R'EADY }; zle -N zle-line-init",
    ];
    await type(`${setUp.join('; ')}\n`);
  });
  afterAll(async () => {
    child.stdin.end('exit\n');
    await once(child, 'close');
  });

  /** Types, and answers what is shown until the next prompt. */
  async function type(keys: string): Promise<string> {
    const from = shown.length;
    child.stdin.write(keys);
    await until(() => shown.includes('READY', from));
    return stripVTControlCharacters(shown.slice(from));
  }

  const cases: [line: string, offered: string[], never: string[]][] = [
    ['dynops ', ['up', 'local', 'call'], ['keep-data']],
    ['dynops local st', ['start', 'status', 'stop'], ['reset']],
    ['dynops --json local snapshot ', ['save', 'load', 'list', 'delete'], ['start']],
    ['dynops down --k', ['--keep-data'], []],
    ['dynops tune --strategy ', ['balanced', 'cost', 'speed'], ['README']],
    ['dynops up --policy ', ['tutorial', 'least-privilege'], ['README']],
    ['dynops up --runtime ', ['nodejs24.x', 'nodejs22.x'], ['README']],
    ['dynops up --region eu-', ['eu-west-1', 'eu-central-1'], ['us-east-1', 'README']],
    ['dynops --profile ', ['default', 'dev', 'a:b'], ['hacked', 'README']],
    ['dynops --stack ', ['blue', 'default'], ['README']],
    // Files, where they are wanted, and where nothing else can be.
    ['dynops call create --item ', ['README'], ['--']],
    ['dynops load --scenario ', ['README'], ['--']],
  ];
  it.each(cases)('of %j', async (line, offered, never) => {
    // Ctrl-T lists what could follow, Ctrl-U takes the line away, and an empty one brings the next prompt.
    const listed = await type(`${line}\x14\x15\n`);
    const words = listed.slice(listed.indexOf(line) + line.length).split(/\s+/);
    expect(words).toEqual(expect.arrayContaining(offered));
    for (const word of never) expect(words).not.toContain(word);
  });
});
