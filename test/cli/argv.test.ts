import { CommanderError } from 'commander';
import { describe, expect, it } from 'vitest';
import type { Invocation } from '../../src/cli/declare.ts';
import { createProgram } from '../../src/cli/program.ts';
import { shapeOf } from '../../src/commands/load/plan.ts';
import { DynopsError } from '../../src/errors.ts';

/** Parses a command line without running anything. */
async function parse(line: string[]): Promise<Invocation> {
  const invocations: Invocation[] = [];
  const program = createProgram(
    async (invocation) => void invocations.push(invocation as Invocation),
    () => undefined,
  );
  await program.parseAsync(line, { from: 'user' });
  const [invocation] = invocations;
  if (invocation === undefined || invocations.length > 1) throw new Error('not exactly one command would run');
  return invocation;
}

async function refusal(line: string[]): Promise<CommanderError | DynopsError> {
  const error = await parse(line).catch((thrown: unknown) => thrown);
  if (error instanceof CommanderError || error instanceof DynopsError) return error;
  throw new Error(`${line.join(' ')} was accepted`);
}

const words = (line: string): string[] => line.split(' ').filter((word) => word !== '');

describe('a command line becomes a command and its options', () => {
  it.each([
    ['up', 'up', {}],
    ['up --adopt --replace table --replace pool', 'up', { adopt: true, replace: ['table', 'pool'] }],
    ['up --memory 256 --policy tutorial --no-tracing', 'up', { memoryMb: 256, policy: 'tutorial', tracing: false }],
    [
      'up --callback-url https://a.example --callback-url https://b.example',
      'up',
      { callbackUrls: ['https://a.example', 'https://b.example'] },
    ],
    ['up --password-stdin', 'up', { passwordStdin: true }],
    ['plan --exit-code --tracing', 'plan', { exitCode: true, tracing: true }],
    ['status --exit-code', 'status', { exitCode: true }],
    ['down --keep-data', 'down', { keepData: true }],
    ['call ping', 'call', { operation: 'ping', auth: true }],
    ['call read --id 7 --no-auth --include', 'call', { operation: 'read', id: '7', auth: false, include: true }],
    ['call create --item -', 'call', { operation: 'create', item: '-', auth: true }],
    [
      'call create --item @item.json --table T',
      'call',
      { operation: 'create', item: '@item.json', table: 'T', auth: true },
    ],
    [
      'call update --id 1 --set a=1 b=x --remove c d',
      'call',
      { operation: 'update', id: '1', set: ['a=1', 'b=x'], remove: ['c', 'd'], auth: true },
    ],
    [
      'call update --id 1 --set a=1 --set b=2',
      'call',
      { operation: 'update', id: '1', set: ['a=1', 'b=2'], auth: true },
    ],
    ['call list --limit 5 --all', 'call', { operation: 'list', limit: 5, all: true, auth: true }],
    ['token', 'token', { browser: true }],
    ['token --hosted-ui --no-browser --paste', 'token', { hostedUi: true, browser: false, paste: true }],
    [
      'token --access --decode --refresh --for ada',
      'token',
      { access: true, decode: true, refresh: true, for: 'ada', browser: true },
    ],
    [
      'token --password-stdin --new-password-stdin',
      'token',
      { passwordStdin: true, newPasswordStdin: true, browser: true },
    ],
    ['local start', 'local start', {}],
    ['local start --port 4566', 'local start', { port: 4566 }],
    ['local start --aws-like', 'local start', { awsLike: true }],
    ['local start --aws-like 0.1', 'local start', { awsLike: 0.1 }],
    ['local stop', 'local stop', {}],
    ['local status', 'local status', {}],
    ['local env', 'local env', {}],
    ['local logs --lines 20 --follow', 'local logs', { lines: 20, follow: true }],
    ['local reset', 'local reset', {}],
    ['export curl', 'export curl', {}],
    ['export postman', 'export postman', {}],
    ['doctor', 'doctor', {}],
    ['completion bash', 'completion', { shell: 'bash' }],
  ])('%s', async (line, name, options) => {
    const invocation = await parse(words(line));
    expect(invocation).toMatchObject({ name });
    expect(invocation.options).toEqual(options);
  });

  it('whose code can be imported', async () => {
    for (const line of ['local status', 'doctor', 'completion zsh']) {
      const { load } = await parse(words(line));
      await expect(load()).resolves.toBeTypeOf('function');
    }
  });

  it('with values that look like something else kept as they are', async () => {
    await expect(parse(['call', 'create', '--item', '{"a": "--json"}'])).resolves.toMatchObject({
      options: { item: '{"a": "--json"}' },
      globals: { json: false },
    });
    await expect(parse(['call', 'read', '--id=--json'])).resolves.toMatchObject({
      options: { id: '--json' },
      globals: { json: false },
    });
    await expect(parse(['call', 'read', '--id', ''])).resolves.toMatchObject({ options: { id: '' } });
  });
});

describe("a load's shape", () => {
  it.each([
    ['load --shape spike', { shape: 'spike' }, undefined],
    ['load --profile spike', { shape: 'spike', shapeByProfile: true }, undefined],
    ['--profile spike load', { shape: 'spike', shapeByProfile: true }, undefined],
    ['load --profile dev', {}, 'dev'],
    ['load --profile dev --profile peak', { shape: 'peak', shapeByProfile: true }, 'dev'],
    // With a shape of its own name, every profile is one of credentials.
    ['load --shape peak --profile spike', { shape: 'peak' }, 'spike'],
    ['tune --shape ramp-up --profile dev', { shape: 'ramp-up' }, 'dev'],
  ] as [string, object, string | undefined][])('%s', async (line, options, profile) => {
    const invocation = await parse(words(line));
    expect(invocation.options).toEqual(options);
    expect(invocation.globals.profile).toBe(profile);
  });

  it('given by --profile is told to have a name of its own', () => {
    const said: string[] = [];
    const warn = (line: string) => void said.push(line);
    expect(shapeOf({ shape: 'spike', shapeByProfile: true }, warn).profileName).toBe('spike');
    expect(said).toEqual([expect.stringContaining('write --shape spike')]);
    shapeOf({ shape: 'spike' }, warn);
    expect(said).toHaveLength(1);
  });
});

describe('the options of every command', () => {
  const defaults = {
    aws: false,
    json: false,
    quiet: false,
    debug: false,
    color: true,
    input: true,
    yes: false,
    trust: false,
  };

  it('have their defaults', async () => {
    await expect(parse(['status'])).resolves.toHaveProperty('globals', { ...defaults, timeoutSeconds: undefined });
  });

  it.each([
    ['--aws', { aws: true }],
    ['--endpoint-url http://127.0.0.1:4566', { endpointUrl: 'http://127.0.0.1:4566' }],
    ['--profile dev', { profile: 'dev' }],
    ['--region eu-west-1', { region: 'eu-west-1' }],
    ['--stack blue', { stack: 'blue' }],
    ['--json', { json: true }],
    ['--quiet', { quiet: true }],
    ['--debug', { debug: true }],
    ['--no-color', { color: false }],
    ['--no-input', { input: false }],
    ['--yes', { yes: true }],
    ['--trust', { trust: true }],
    ['--timeout 30', { timeoutSeconds: 30 }],
  ])('%s is taken before, between and after the words', async (option, globals) => {
    const expected = { ...defaults, timeoutSeconds: undefined, ...globals };
    for (const line of [`${option} local status`, `local ${option} status`, `local status ${option}`]) {
      await expect(parse(words(line))).resolves.toHaveProperty('globals', expected);
    }
  });
});

describe('what is refused', () => {
  it.each([
    ['', 'commander.help'],
    ['local', 'commander.help'],
    ['upp', 'commander.unknownCommand'],
    ['local strat', 'commander.unknownCommand'],
    ['up --jsn', 'commander.unknownOption'],
    ['status --keep-data', 'commander.unknownOption'],
    ['up now', 'commander.excessArguments'],
    ['call', 'commander.missingArgument'],
    ['call drop', 'Usage'],
    ['call list --limit', 'commander.optionMissingArgument'],
    ['call list --limit 0', 'commander.invalidArgument'],
    ['call list --limit 1.5', 'commander.invalidArgument'],
    ['call list --limit -5', 'commander.invalidArgument'],
    ['call list --limit ten', 'commander.invalidArgument'],
    ['up --memory 64', 'commander.invalidArgument'],
    ['up --policy open', 'Usage'],
    ['up --region here', 'commander.invalidArgument'],
    ['up --stack ../x', 'commander.invalidArgument'],
    ['up --endpoint-url localhost:4566', 'commander.invalidArgument'],
    ['up --timeout 0', 'commander.invalidArgument'],
    ['up --timeout', 'commander.optionMissingArgument'],
    ['local start --port 70000', 'commander.invalidArgument'],
    ['local start --aws-like 0', 'commander.invalidArgument'],
    ['local start --aws-like fast', 'commander.invalidArgument'],
    ['completion tcsh', 'Usage'],
  ])('%s', async (line, code) => {
    await expect(refusal(words(line))).resolves.toMatchObject({ code });
  });

  it.each([
    ['upp', 'up'],
    ['local strat', 'start'],
    ['up --jsn', '--json'],
    ['up --adpot', '--adopt'],
  ])('%s, with a suggestion', async (line, suggestion) => {
    const { message } = await refusal(words(line));
    expect(message).toContain(suggestion);
  });
});

describe('help', () => {
  const helpOf = async (line: string): Promise<string> => {
    const written: string[] = [];
    const program = createProgram(
      async () => undefined,
      (text) => void written.push(text),
    );
    await program.parseAsync(words(line), { from: 'user' }).catch((error: unknown) => {
      if (!(error instanceof CommanderError) || error.exitCode !== 0) throw error;
    });
    return written.join('');
  };

  it.each(['--help', 'up --help', 'call --help', 'local --help', 'help call', 'local help start'])(
    '%s',
    async (line) => {
      const text = await helpOf(line);
      expect(text).toContain('Usage: dynops');
      expect(Math.max(...text.split('\n').map((row) => row.length))).toBeLessThanOrEqual(130);
    },
  );

  it('names the global options everywhere', async () => {
    await expect(helpOf('local start --help')).resolves.toMatch(/Global Options:[\s\S]*--endpoint-url/);
  });
});
