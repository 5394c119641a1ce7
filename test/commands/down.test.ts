import { DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { createContext } from '../../src/cli/context.ts';
import { noGlobals } from '../../src/cli/declare.ts';
import { down } from '../../src/commands/down.ts';
import type { GlobalOptions } from '../../src/session/command.ts';
import { createUi, type Ui } from '../../src/ui/ui.ts';
import { open, type Session } from '../stack/account.ts';
import { startEngine, type TestEngine } from '../start-engine.ts';

let engine: TestEngine;
let session: Session;
beforeAll(async () => {
  engine = await startEngine();
  session = await open(engine);
  await session.up();
});
afterAll(() => engine.stop());

/** What was asked, and what is typed in answer. */
const asked: string[] = [];
let typed = '';
beforeEach(() => {
  asked.length = 0;
});

/** A real account's `down`, whose calls reach the engine. */
async function run(options: Partial<GlobalOptions>, given: { keepData?: boolean } = {}) {
  const ui: Ui = {
    ...createUi({ json: false, quiet: true, color: false, input: true }, process),
    interactive: true,
    warn: () => undefined,
    confirm: async (question) => asked.push(`yes or no: ${question}`) < 0,
    ask: async (question) => {
      asked.push(question);
      return typed;
    },
  };
  const context = await createContext({
    options: { ...noGlobals, aws: true, ...options },
    env: { DYNOPS_HOME: engine.dataDir },
    cwd: engine.dataDir,
    ui,
    signal: new AbortController().signal,
    onTimeout: () => undefined,
  });
  return down({ ...context, aws: async () => session.aws }, given);
}

const standing = async () => (await session.status()).resources.filter(({ state }) => state === 'present').length;

it('asks yes or no where no item would go', async () => {
  await expect(run({})).rejects.toMatchObject({ code: 'Declined' });
  expect(asked).toEqual([expect.stringContaining('yes or no: Delete stack "default" in')]);
});

it('wants the stack’s name typed where items would go, though DynamoDB counts none yet', async () => {
  const item = { TableName: 'lambda-apigateway', Item: { id: { S: '1' } } };
  await new DynamoDBClient(engine.clientConfig).send(new PutItemCommand(item));
  const before = await standing();
  for (const wrong of ['', 'y', 'yes', 'Default', 'default2']) {
    typed = wrong;
    await expect(run({}), wrong).rejects.toMatchObject({ code: 'Declined', exitStatus: 1 });
  }
  expect(asked[0]).toMatch(/^Delete stack "default" with 1 item in its tables in .*\? Type "default" to continue:$/);
  expect(await standing()).toBe(before);
});

it('asks yes or no where the items stay', async () => {
  await expect(run({}, { keepData: true })).rejects.toMatchObject({ code: 'Declined' });
  expect(asked).toEqual([expect.stringContaining('yes or no')]);
});

it('goes on with the name, or with --yes', async () => {
  typed = ' default ';
  await expect(run({})).resolves.toMatchObject({ sentences: 'Nothing is left.' });
  await session.up();
  await expect(run({ yes: true })).resolves.toMatchObject({ sentences: 'Nothing is left.' });
  expect(asked).toHaveLength(1);
});
