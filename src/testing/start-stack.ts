import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createContext } from '../cli/context.ts';
import { noGlobals } from '../cli/declare.ts';
import { stopEngine } from '../endpoint/engine.ts';
import { ownMember } from '../own-member.ts';
import { bringUp } from '../session/bring-up.ts';
import type { Context } from '../session/command.ts';
import { programEnvironment } from '../session/program-environment.ts';
import { tableNameIn } from '../stack/names.ts';
import { createUi } from '../ui/ui.ts';
import type { StartStackOptions, TestRequest, TestResponse, TestStack } from './types.ts';

export type { StartStackOptions, TestRequest, TestResponse, TestStack } from './types.ts';

/** Brings a service up on an engine of its own. Throws Error with what failed and what to do; then nothing is left. */
export async function startStack(options: StartStackOptions = {}): Promise<TestStack> {
  // As the command line has it: the SDK would warn of Node.js 20 among the test's own lines.
  process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true';
  const home = await mkdtemp(join(tmpdir(), 'dynops-test-'));
  const stop = async () => {
    await stopEngine(home);
    await rm(home, { recursive: true, force: true });
  };
  const context = await contextOf(options, home);
  try {
    return await open(context, stop);
  } catch (error) {
    await stop();
    throw error;
  }
}

async function contextOf(
  { folder = process.cwd(), env, trust = false }: StartStackOptions,
  home: string,
): Promise<Context> {
  const outer = await createContext({
    options: { ...noGlobals, quiet: true, input: false, trust },
    env: { ...process.env, ...env },
    cwd: folder,
    ui: createUi({ json: true, quiet: true, color: false, input: false }, process),
    signal: new AbortController().signal,
    onTimeout: () => undefined,
  });
  return outer.isolated(home);
}

async function open(context: Context, stop: () => Promise<void>): Promise<TestStack> {
  const { report, request } = await bringUp(context, { settings: {}, onEvent: () => undefined });
  const [aws, stack, env, content] = await Promise.all([
    context.aws(),
    context.stack(),
    programEnvironment(context, { report, service: request.service }),
    import('../aws/table-content.ts'),
  ]);
  const tables = Object.fromEntries(request.service.tables.map(({ name }) => [name, tableNameIn(stack, name)]));
  const tableOf = (name: string) => {
    const found = ownMember(tables, name);
    if (found === undefined)
      throw new Error(`The service has no table "${name}"; it has ${Object.keys(tables).join(', ')}.`);
    return found;
  };
  return {
    apiUrl: env.API_URL ?? '',
    env,
    tables,
    token: async () => (await programEnvironment(context, { report, service: request.service })).ID_TOKEN ?? '',
    request: (method, path, asked = {}) => send(context, { method, path, asked }),
    seed: (table, items) => content.putItems(aws, tableOf(table), items),
    items: (table) => content.readItems(aws, tableOf(table)),
    async clear(table) {
      const chosen = table === undefined ? Object.values(tables) : [tableOf(table)];
      await Promise.all(chosen.map((one) => content.clearItems(aws, one)));
    },
    stop,
  };
}

async function send(
  context: Context,
  { method, path, asked }: { method: string; path: string; asked: TestRequest },
): Promise<TestResponse> {
  const { query = {}, headers = {}, body, as } = asked;
  const api = await (await context.session()).api({
    auth: as !== false,
    ...(typeof as === 'string' && { username: as }),
  });
  const isText = typeof body === 'string' || body === undefined;
  const { response, body: text } = await api.send({
    method: method.toUpperCase(),
    path,
    query: new URLSearchParams(query).toString(),
    headers: { ...(isText ? {} : { 'Content-Type': 'application/json' }), ...headers },
    body: isText ? body : JSON.stringify(body),
  });
  return {
    status: response.status,
    headers: Object.fromEntries(response.headers.map(([name, value]) => [name.toLowerCase(), value])),
    text,
    json: () => JSON.parse(text),
  };
}
