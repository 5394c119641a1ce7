import { afterAll, beforeAll, expect, it } from 'vitest';
import type { StackFacts } from '../../src/commands/export/stack-facts.ts';
import { terraformConfiguration } from '../../src/commands/export/terraform.ts';
import { readAll } from '../../src/stack/read.ts';
import { entryPath, type HttpMethod, type Route, type Service } from '../../src/stack/service.ts';
import { begin } from '../../src/stack/stack.ts';
import { open, type Session } from '../stack/account.ts';
import { code, fourFunctions } from '../stack/four-functions.ts';
import { startEngine, type TestEngine } from '../start-engine.ts';

let engine: TestEngine;
let session: Session;
beforeAll(async () => {
  engine = await startEngine();
  session = await open(engine);
});
afterAll(() => engine?.stop());

const [sample] = fourFunctions.functions;

function service(routes: string[], more: Partial<Service> = {}): Service {
  if (!sample) throw new Error('no function');
  return {
    ...fourFunctions,
    functions: [sample],
    routes: routes.map((text): Route => {
      const [method = '', path = ''] = text.split(' ');
      return { method: method as HttpMethod, path, function: sample.name, auth: 'pool', integration: 'proxy' };
    }),
    ...more,
  };
}

async function configurationOf(given: Service): Promise<string> {
  const settings = { ...session.options.settings, smsRole: true };
  const run = begin(session.aws, { ...session.options, settings, service: given, code });
  await readAll(run);
  const { place } = run.known;
  const facts: StackFacts = {
    stack: 'default',
    place,
    settings: run.known.settings(),
    service: given,
    code,
    graph: run.graph,
    known: run.known,
    domainPrefix: '',
    entryPath: entryPath(given),
  };
  return terraformConfiguration(facts, { zipFiles: new Map([['orders', 'function.zip']]) });
}

/** The first lines of all blocks that have a label. */
const blocksIn = (text: string) => [...text.matchAll(/^(?:resource "(\w+)"|(variable)) "([^"]+)"/gm)];
const labelsIn = (text: string) => blocksIn(text).map(([, type, kind, label]) => `${type ?? kind}.${label}`);

const alike = [
  'GET /x/{id}',
  'GET /x/id',
  'GET /x.id',
  'GET /x',
  'GET /x/{id}/y',
  'GET /x/id/y',
  'ANY /{x+}',
  'GET /x/id.y',
];

it('no two blocks have one address, and each that is named is there', async () => {
  const secret = { value: '1', secret: true };
  const environment = { KEY: secret, KEY_: secret, zip: secret, password: secret };
  const functions = sample
    ? [
        { ...sample, environment },
        { ...sample, name: 'sms-role' },
      ]
    : [];
  const text = await configurationOf(service(alike, { functions }));
  const addresses = labelsIn(text);
  expect(addresses.filter((one, at) => addresses.indexOf(one) < at)).toEqual([]);
  const named = [...text.matchAll(/\b(aws_\w+)\.([\w-]+)|\bvar\.(\w+)/g)].map(([, type, label, variable]) =>
    variable === undefined ? `${type}.${label}` : `variable.${variable}`,
  );
  expect(named.filter((one) => !addresses.includes(one))).toEqual([]);
  // Each path has its own parent.
  const parents = [...text.matchAll(/parent_id\s+= (\S+)\n\s+path_part\s+= "(.*)"/g)].map(([, parent, part]) => [
    part,
    parent,
  ]);
  expect(
    parents
      .filter(([part]) => part === 'y')
      .map(([, parent]) => parent)
      .sort(),
  ).toEqual([...new Set(parents.filter(([part]) => part === 'y').map(([, parent]) => parent))].sort());
});

it('labels stay when others come and go, in whatever order', async () => {
  const labels = async (routes: string[]) =>
    labelsIn(await configurationOf(service(routes))).filter((one) => one.startsWith('aws_api_gateway_method.'));
  const all = new Set(await labels(alike));
  expect(new Set(await labels(alike.toReversed()))).toEqual(all);
  expect(await labels(['GET /x/{id}'])).toEqual(expect.arrayContaining(['aws_api_gateway_method.GET_x_id']));
  for (const left of alike.slice(1)) {
    const some = await labels(alike.filter((one) => one !== left));
    expect(some.filter((one) => !all.has(one))).toEqual([]);
  }
});
