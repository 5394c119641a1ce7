import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { loadSettings, parseSettings } from '../../src/settings/file.ts';
import { stackProblem } from '../../src/settings/spelling.ts';

describe('a settings file', () => {
  it.each([
    ['{"target": "aws", "region": "eu-west-1", "profile": "dev", "stack": "blue"}'],
    ['{"memoryMb": 256, "policy": "tutorial", "architecture": "x86_64", "tracing": false, "retentionDays": 7}'],
    [
      '{"endpointUrl": "http://localhost:4566", "callbackUrls": ["https://example.com"], "logoutUrls": ["http://localhost:1", "myapp://out"]}',
    ],
    ['{"runtime": "nodejs22.x", "username": "ada"}'],
    ['{}'],
  ])('may say %s', (content) => {
    expect(parseSettings(content, 'dynops.json')).toEqual(JSON.parse(content));
  });

  it.each([
    ['{"target": "cloud"}', 'target'],
    ['{"Target": "aws"}', 'Target'],
    ['{"toString": 1}', 'toString'],
    ['{"__proto__": {}}', '__proto__'],
    ['{"region": 5}', 'region'],
    ['{"stack": "Blue"}', 'stack'],
    ['{"memoryMb": 64}', 'memoryMb'],
    ['{"memoryMb": "256"}', 'memoryMb'],
    ['{"tracing": "yes"}', 'tracing'],
    ['{"endpointUrl": "http://u:p@localhost"}', 'endpointUrl'],
    ['{"callbackUrls": []}', 'callbackUrls'],
    ['{"target": "aws", "endpointUrl": "http://localhost"}', 'endpointUrl'],
    ['[]', 'object'],
    ['{', 'JSON'],
  ])('may not say %s', (content, named) => {
    const parse = () => parseSettings(content, '/somewhere/dynops.json');
    expect(parse).toThrow(expect.objectContaining({ code: 'Usage', exitStatus: 64 }));
    expect(parse).toThrow('/somewhere/dynops.json');
    expect(parse).toThrow(named);
  });
});

describe('two settings files', () => {
  let cwd: string;
  let user: string;
  beforeEach(async () => {
    [cwd, user] = (await Promise.all(['cwd', 'user'].map((name) => mkdtemp(join(tmpdir(), `dynops-${name}-`))))) as [
      string,
      string,
    ];
    await mkdir(join(user, 'dynops'));
  });
  afterEach(() => Promise.all([cwd, user].map((folder) => rm(folder, { recursive: true }))));

  const load = async (isTrusted = true) =>
    loadSettings({ cwd, env: { XDG_CONFIG_HOME: user }, isTrusted: async () => isTrusted });
  const values = async () => (await load()).values;

  it('are none where there are none', async () => {
    await expect(values()).resolves.toEqual({});
  });

  it("are merged, the folder's over the user's", async () => {
    await writeFile(join(user, 'dynops', 'config.json'), '{"region": "eu-west-1", "profile": "dev"}');
    await writeFile(join(cwd, 'dynops.json'), '{"region": "eu-west-2"}');
    await expect(values()).resolves.toEqual({ region: 'eu-west-2', profile: 'dev' });
  });

  it('do not mix two targets', async () => {
    await writeFile(join(user, 'dynops', 'config.json'), '{"target": "aws"}');
    await writeFile(join(cwd, 'dynops.json'), '{"endpointUrl": "http://localhost:1"}');
    await expect(values()).resolves.toEqual({ endpointUrl: 'http://localhost:1' });
  });

  it.each([
    ['{"target": "aws"}', ['target']],
    ['{"profile": "prod", "region": "eu-west-1"}', ['profile']],
    ['{"endpointUrl": "https://evil.example"}', ['endpointUrl']],
    ['{"endpointUrl": "http://127.0.0.1.evil.example"}', ['endpointUrl']],
    ['{"endpointUrl": "http://127.0.0.1:4566", "memoryMb": 256}', []],
    ['{"endpointUrl": "http://[::1]:4566", "stack": "blue"}', []],
  ])('say where to act only when the folder is trusted: %s', async (content, distrusted) => {
    await writeFile(join(user, 'dynops', 'config.json'), '{"profile": "mine"}');
    await writeFile(join(cwd, 'dynops.json'), content);
    const said = JSON.parse(content) as object;
    const rest = Object.entries(said).filter(([key]) => !distrusted.includes(key as never));
    const found = await load(false);
    expect(found).toMatchObject({ distrusted, values: { profile: 'mine', ...Object.fromEntries(rest) } });
    expect(Object.keys(found.values).sort()).toEqual(['profile', ...rest.map(([key]) => key)].sort());
    await expect(load(true)).resolves.toMatchObject({ distrusted: [], values: said });
  });

  it('are told apart', async () => {
    await writeFile(join(user, 'dynops', 'config.json'), '{"region": "eu-west-1", "stack": "mine"}');
    await writeFile(join(cwd, 'dynops.json'), '{"stack": "blue"}');
    const [own, folder] = [join(user, 'dynops', 'config.json'), join(cwd, 'dynops.json')];
    await expect(load()).resolves.toMatchObject({ from: { region: own, stack: folder } });
  });
});

describe('a stack name', () => {
  it.each(['default', 'a', 'blue-2', 'a1', 'x'.repeat(24)])('may be %s', (name) => {
    expect(stackProblem(name)).toBeUndefined();
  });

  it.each(['', 'Blue', '1a', 'a-', '-a', 'a--b', 'a_b', '../x', 'a/b', 'x'.repeat(25)])('may not be %j', (name) => {
    expect(stackProblem(name)).toBeTypeOf('string');
  });
});
