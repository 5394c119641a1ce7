import { type ChildProcessWithoutNullStreams, execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createProgram } from '../../src/cli/program.ts';
import { type CommandReference, type OptionReference, referenceOf } from '../../src/cli/reference.ts';
import { valuesOf } from '../../src/commands/completion/values.ts';
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
  put('events/one.json', '{}');
  put('events of old.json', '{}');
  // A profile's name is expanded by nobody.
  put('.aws/config', '[default]\n[profile dev]\n[profile a:b]\n[profile $(touch hacked)]\n');
  for (const stack of ['default', 'blue']) put(`dynops/stacks/local/0/us-east-1/${stack}/outputs.json`, '{}');
  // What a service, the test events and the snapshots are called here.
  const functions = { orders: { entry: 'orders.js', tables: ['order-lines'] }, bills: { entry: 'orders.js' } };
  const routes = { 'GET /orders': 'orders', 'GET /bills': 'bills' };
  put('orders.js', 'exports.handler = async () => ({ statusCode: 200 });');
  put('dynops.json', JSON.stringify({ functions, routes, tables: { 'order-lines': { key: 'id' } } }));
  put('dynops/events/bills/first-bill.json', '{}');
  put('dynops/events/orders/large-order.json', '{}');
  for (const name of ['before', 'after']) {
    const about = { name, savedAt: '2026-01-01T00:00:00.000Z', version: '1.0.0', bytes: 1 };
    put(`dynops/snapshots/${name}/snapshot.json`, JSON.stringify(about));
  }
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
  // What this folder and this machine know by name.
  [
    ['dynops', 'logs', '--function', ''],
    ['bills', 'orders'],
    ['tutorial', 'order-lines'],
  ],
  [['dynops', 'table', 'export', '--table', ''], ['order-lines'], ['orders']],
  [['dynops', 'function', 'test', '--event', ''], ['first-bill', 'large-order'], ['first-bill.json']],
  [['dynops', 'function', 'test', '--save', 'l'], ['large-order'], ['first-bill']],
  [
    ['dynops', 'local', 'snapshot', 'load', ''],
    ['after', 'before'],
    ['save', '--yes'],
  ],
  // One option, two meanings: a type of resource here, a switch there.
  [['dynops', 'plan', '--replace', ''], ['function', 'api'], ['role create']],
  [['dynops', 'local', 'snapshot', 'save', '--replace', ''], ['after', 'before'], ['api']],
  [['dynops', 'tune', '--memory', ''], ['128,256,512,1024,1769'], ['128']],
  [['dynops', 'function', 'config', '--memory', ''], ['128', '1769'], ['128,512']],
  [['dynops', 'tune', '--arch', 'x'], ['x86_64'], ['arm64']],
  // Only the first argument is one of these.
  [['dynops', 'request', 'P'], ['POST', 'PUT', 'PATCH'], ['GET']],
  [['dynops', 'call', 'ping', ''], [], ['create', 'read']],
  [['dynops', 'help', ''], ['up', 'local'], []],
  // A program, whether or not -- stands before it; behind -- there are no options.
  [['dynops', 'exec', '--', 'dyn'], ['dynops'], ['--json']],
  [['dynops', '--json', 'exec', 'dyn'], ['dynops'], ['up']],
  [['dynops', 'exec', '--js'], ['--json'], ['dynops']],
  [['dynops', 'exec', '--', 'dynops', '--js'], [], ['--json']],
  [['dynops', 'logs', '--', '--'], [], ['--follow', '--json']],
  [['dynops', 'help', 'local', 'snapshot', 'l'], ['list', 'load'], ['save']],
];

/** What only a person or the target knows, by the word that stands for it in the help. */
const unknowable = [
  ...['n', 'seconds', 'days', 'minutes', 'time', 'share', 'rate', 'time|share', 'n|share', 'time:n', 'scale'],
  ...['expression', 'pattern', 'path', 'path=value', 'name=value', 'line', 'text', 'value', 'prefix', 'route'],
  ...['id', 'user', 'url'],
];
/** The target's users and tables; the token to test comes from @FILE or stdin. */
const unknowableOptions = ['--username', '--user', '--remove-table', 'call --table', '--token'];
const filesWanted = ['file', 'file.svg', 'json'];

it('offers values to every option that has some to be known', () => {
  const program = createProgram(
    async () => undefined,
    () => undefined,
  );
  const { commands, globalOptions } = JSON.parse(JSON.stringify(referenceOf(program))) as {
    commands: CommandReference[];
    globalOptions: OptionReference[];
  };
  const options = [
    ...globalOptions.map((option) => ({ command: '', option })),
    ...commands.flatMap(({ command, options: own }) => own.map((option) => ({ command, option }))),
  ];
  const silent = options.flatMap(({ command, option: { long, value } }) => {
    if (value === null || [...unknowable, ...filesWanted].includes(value.name)) return [];
    const values = valuesOf(command, long, value.choices);
    return 'words' in values && values.words.length === 0 ? [`${command} ${long}`] : [];
  });
  expect(silent.filter((one) => !unknowableOptions.some((known) => one.endsWith(known)))).toEqual([]);
  expect(options.length).toBeGreaterThan(150);
});

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

/** bash takes `--option=value` apart at the `=`. */
describe.skipIf(lacks('bash') !== '')(`bash completion behind an equals sign${lacks('bash')}`, () => {
  it.each([
    [['dynops', 'tune', '--strategy', '='], 'speed\ncost\nbalanced'],
    [['dynops', 'tune', '--strategy', '=', 'b'], 'balanced'],
    [['dynops', '--stack', '=', 'local', 'call', 'pi'], 'ping'],
  ])('of %j', (words, expected) => {
    const quoted = words.map((word) => `'${word}'`).join(' ');
    const program = `source '${scriptFor('bash')}'; COMP_WORDS=(${quoted}); COMP_CWORD=${words.length - 1}; _dynops; printf '%s\n' "\${COMPREPLY[@]}"`;
    expect(outputOf('bash', '--norc', '-c', program).trim()).toBe(expected);
  });
});

/** bash takes a word apart at `@` too, and tells the function the whole of it. */
describe.skipIf(lacks('bash') !== '')(`bash completion behind an @${lacks('bash')}`, () => {
  it.each([
    [['dynops', 'call', 'create', '--item', '@', 'REA'], '@REA', ['@README']],
    [['dynops', 'call', 'create', '--item', '=@', 'REA'], '@REA', ['@README']],
    [['dynops', 'function', 'test', '--event', '@', 'event'], '@event', ['@events/', '@events\\ of\\ old.json']],
    [['dynops', 'function', 'test', '--event', '@', 'events/'], '@events/', ['@events/one.json']],
    [['dynops', 'request', '--body', '@', 'README', 'PA'], 'PA', ['PATCH']],
  ])('of %j', (words, current, expected) => {
    const quoted = words.map((word) => `'${word}'`).join(' ');
    const program = `source '${scriptFor('bash')}'; COMP_WORDS=(${quoted}); COMP_CWORD=${words.length - 1}; _dynops dynops '${current}'; printf '%s\n' "\${COMPREPLY[@]}"`;
    expect(outputOf('bash', '--norc', '-c', program).trim().split('\n').sort()).toEqual(expected);
  });
});

describe.skipIf(lacks('fish') !== '')(`fish completion${lacks('fish')}`, () => {
  it.each([
    ['dynops call create --item @REA', ['@README']],
    ['dynops call create --item=@events/', ['--item=@events/one.json']],
    ['dynops exec -- cat REA', ['README']],
    ['dynops table import ', ['README']],
    ['dynops load compare one ', ['README']],
    ['dynops tune --strategy=b', ['--strategy=balanced']],
  ])('of %j', (line, expected) => {
    const lines = outputOf('fish', '--no-config', '-c', `source '${scriptFor('fish')}'; complete -C '${line}'`);
    expect(lines.split('\n').map((each) => each.split('\t')[0])).toEqual(expect.arrayContaining(expected));
  });

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
    ['dynops tune --strategy=', ['balanced', 'cost', 'speed'], ['README']],
    ['dynops logs --function ', ['bills', 'orders'], ['README']],
    ['dynops function test --event ', ['first-bill', 'large-order'], ['README']],
    ['dynops local snapshot load ', ['after', 'before'], ['README']],
    ['dynops plan --replace ', ['function', 'api'], ['README']],
    ['dynops call ping ', ['README'], ['create', 'read']],
    ['dynops help local snapshot l', ['list', 'load'], ['save']],
    // Files, where they are wanted, and where nothing else can be.
    ['dynops call create --item ', ['README'], ['--']],
    ['dynops load --scenario ', ['README'], ['--']],
    ['dynops call create --item @REA', ['README'], ['events/']],
    ['dynops function test --event=@eve', ['events/'], ['first-bill']],
    ['dynops exec -- dyn', ['dynops'], ['README']],
    ['dynops exec -- cat REA', ['README'], ['item.json']],
    ['dynops logs -- --js', [], ['--json']],
  ];
  it.each(cases)('of %j', async (line, offered, never) => {
    // Ctrl-T lists what could follow, Ctrl-U takes the line away, and an empty one brings the next prompt.
    const listed = await type(`${line}\x14\x15\n`);
    const words = listed.slice(listed.indexOf(line) + line.length).split(/\s+/);
    expect(words).toEqual(expect.arrayContaining(offered));
    for (const word of never) expect(words).not.toContain(word);
  });
});
