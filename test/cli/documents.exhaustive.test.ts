import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { documents } from '../../src/cli/documents/documents.ts';
import { nameKinds } from '../../src/commands/completion/values.ts';
import { commandIn, documentFaults, membersOf, optionalMembers } from './documented.ts';
import { type Installation, install, type RunOptions } from './dynops.ts';

let dynops: Installation;
let folder: string;

beforeAll(async () => {
  dynops = await install();
  folder = join(dynops.home, 'service');
  await mkdir(folder);
  await writeFile(join(dynops.home, 'scenario.csv'), 'id\n1\n');
});
afterAll(() => dynops.remove());

const password = 'A-secret-1-of-16-letters';
const load = ['--users', '2', '--duration', '6s', '--operation', 'echo'];

/** Every command at least once where it succeeds; the tutorial's steps, then a stack as `up` makes it. */
const lines: [string, RunOptions?][] = [
  ['local status'],
  ['local start'],
  ['local env'],
  ['completion zsh'],
  ...nameKinds.map((kind): [string] => [`completion ${kind}`]),
  ['plan'],
  ...['role', 'table', 'function', 'api', 'stage', 'pool', 'client', 'domain'].map((step): [string] => [
    `${step} create`,
  ]),
  ['user create --password-stdin', { stdin: password }],
  ['authorizer create'],
  ['api deploy'],
  ...['role', 'table', 'function', 'api', 'stage', 'pool', 'client', 'domain', 'user', 'authorizer'].map(
    (step): [string] => [`${step} show`],
  ),
  ['up'],
  ['status --memory 256'],
  ['up --memory 256'],
  // Before the load, of which the request log is full afterwards.
  ['local requests --bodies'],
  ['function test'],
  ['function test --event nothing'],
  ['function config'],
  ['call create --item {"id":"1","n":1}'],
  ['call list'],
  ['call ping --no-auth'],
  ['token'],
  ['token --decode'],
  ['authorizer test'],
  ['authorizer test --token -', { stdin: 'x.y.z' }],
  ['pool update --password-length 12'],
  ['client update --token-minutes 30'],
  ['user create ada --password-stdin', { stdin: password }],
  ['user set-password ada --password-stdin', { stdin: password }],
  ['user disable ada'],
  ['user enable ada'],
  ['user list'],
  ['user create eva --temporary --attribute email=eva@example.com --password-stdin', { stdin: password }],
  ['user delete ada --yes'],
  ['table items'],
  ['table export --out items.jsonl'],
  ['table import items.jsonl --verify --yes'],
  ['export curl'],
  ['export postman'],
  ['export aws-cli'],
  ['export terraform'],
  ['export iam-policy'],
  ['list'],
  ['trace list'],
  ['trace map'],
  ['trace on'],
  ['call read --id 1'],
  ['trace show'],
  ['trace list'],
  ['trace map'],
  ['logs'],
  ['logs --field requestId'],
  [`load ${load.join(' ')} --out a.json`],
  ['load --stage 2s:2 --stage 6s:3 --operation echo --max-p95 0.001ms --out b.json'],
  ['load --rate 5/s --duration 20s --operation echo --max-p95 0.001ms --abort-on-threshold'],
  ['load compare a.json b.json'],
  [`tune --memory 128 --memory 256 ${load.join(' ')}`],
  ['trace off'],
  ['status'],
  ['doctor'],
  ['doctor --aws', { env: { AWS_EC2_METADATA_DISABLED: 'true' } }],
  ['local logs'],
  ['local inbox'],
  ['local snapshot save one'],
  ['local snapshot list'],
  ['local snapshot load one --yes'],
  ['local snapshot delete one --yes'],
  ...['authorizer', 'user', 'domain', 'client', 'pool', 'stage', 'api', 'function', 'table', 'role'].map(
    (step): [string] => [`${step} delete --yes`],
  ),
  ['down --yes'],
  ['down --yes'],
];

it('every command prints what is declared, and all that is declared is printed', async () => {
  const faults: string[] = [];
  const ran = new Set<string>();
  const failures: string[] = [];
  const printed = new Map<string, Set<string>>();
  let secretKey = password;
  const take = async (words: string[], options: RunOptions = {}) => {
    const { status, stdout, stderr } = await dynops.run(['--json', '--debug', ...words], {
      env: { DYNOPS_PASSWORD: password },
      ...options,
    });
    const command = commandIn(words) ?? '';
    // These are asked for the one, and nothing for the other.
    const secrets = command === 'local env' ? [password] : [password, secretKey];
    for (const secret of secrets) if ((stdout + stderr).includes(secret)) faults.push(`${words.join(' ')}: ${secret}`);
    if (!/^(token|export curl|exec|authorizer test)$/.test(command) && /eyJ[\w-]{20,}\.eyJ/.test(stdout + stderr))
      faults.push(`${words.join(' ')}: a token`);
    try {
      faults.push(...documentFaults(words, stdout));
      const document = JSON.parse(stdout) as object;
      if ('error' in Object(document)) failures.push(`${words.join(' ')}: ${status} ${stdout}`);
      else ran.add(command);
      printed.set(command, new Set([...(printed.get(command) ?? []), ...membersOf(document)]));
    } catch {
      faults.push(`${words.join(' ')}: ${status}, not one document: ${stdout.slice(0, 200)} ${stderr.slice(0, 300)}`);
    }
  };
  await take(['local', 'start']);
  const { secretAccessKey } = JSON.parse(await readFile(join(dynops.home, 'dynops/engine/credentials.json'), 'utf8'));
  secretKey = secretAccessKey;
  for (const [line, options] of lines) await take(line.split(' '), options);
  const inService = { cwd: folder, env: { DYNOPS_PASSWORD: password } };
  await take(['init', '--template', 'javascript'], inService);
  await take(['trust'], inService);
  await take(['up'], inService);
  await take(['request', 'GET', '/notes'], inService);
  await take(['request', 'GET', '/nowhere'], inService);
  await take(['exec', '--', process.execPath, '--version'], inService);
  // What it follows is shown beside the document, not in it.
  let shown = '';
  await take(['dev'], {
    ...inService,
    onSpawn: (child) => {
      const look = (chunk: unknown) => {
        const before = shown;
        shown += chunk;
        if (/Following/.test(shown) && !/Following/.test(before))
          void dynops.run(['request', 'GET', '/notes'], inService);
        if (!child.killed && /billed/.test(shown) && /GET .*notes/.test(shown)) child.kill('SIGINT');
      };
      child.stdout?.on('data', look);
      child.stderr?.on('data', look);
    },
  });
  await take(['down', '--yes'], inService);
  await take(['local', 'stop']);
  await take(['local', 'reset', '--yes']);
  expect(faults).toEqual([]);
  expect(
    Object.keys(documents).filter((command) => !ran.has(command)),
    failures.join(''),
  ).toEqual([]);

  const seen = new Set([...printed.values()].flatMap((members) => [...members]));
  const declared = new Set(
    Object.values(documents).flatMap((schemas) => schemas.flatMap((one) => optionalMembers(one))),
  );
  expect([...declared].filter((member) => !seen.has(member))).toEqual(rare);
});

/** What is declared and does not come about here: a key that changed, a failed span, fields of JSON lines, an e-mail (`inbox.test.ts`). */
const rare = [
  '.resources.changes.replaces',
  '.resources.drift.replaces',
  '.spans.message',
  '.events.fields',
  '.messages.subject',
  '.messages.link',
];
