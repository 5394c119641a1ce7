import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { transform } from 'esbuild';
import { unzipSync } from 'fflate';
import { readFunctionCode } from '../../src/stack/code.ts';

/** As Lambda's own runtime: JSON text in, JSON text or an error out. */
const runtime = `
require('./raw-json.cjs').installRawJson();
const { handler } = require('./index.js');
process.on('message', async ({ id, event, environment }) => {
  Object.assign(process.env, environment);
  try {
    process.send({ id, text: JSON.stringify(await handler(JSON.parse(event))) });
  } catch (error) {
    process.send({ id, error: { name: error.name, message: error.message } });
  }
});
process.send({ ready: true });
`;

export interface Answer {
  /** The handler's answer as JSON text, where it returned. */
  text?: string;
  error?: { name: string; message: string };
}

export interface RunningFunction {
  /** `event` is JSON text. `environment` is added to the process's own, as `_X_AMZN_TRACE_ID` is for each invocation. */
  invoke(event: string, environment?: Record<string, string>): Promise<Answer>;
  readonly exitCode: number | null;
  stop(): Promise<void>;
}

/** The real bundle in a Node process of its own, with no more environment than Lambda would give it. */
export async function startFunction(environment: Record<string, string>): Promise<RunningFunction> {
  const folder = mkdtempSync(join(tmpdir(), 'dynops-function-'));
  const { zip } = await readFunctionCode();
  for (const [name, contents] of Object.entries(unzipSync(zip))) writeFileSync(join(folder, name), contents);
  writeFileSync(join(folder, 'runtime.cjs'), runtime);
  const rawJson = readFileSync(new URL('../../src/local/lambda/runtime/raw-json.ts', import.meta.url), 'utf8');
  writeFileSync(join(folder, 'raw-json.cjs'), (await transform(rawJson, { loader: 'ts', format: 'cjs' })).code);

  const child = fork(join(folder, 'runtime.cjs'), {
    cwd: folder,
    execArgv: [],
    env: { AWS_REGION: 'us-east-1', AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true', ...environment },
  });
  const waiting = new Map<number, (answer: Answer) => void>();
  child.on('message', ({ id, ...answer }: Answer & { id: number }) => {
    waiting.get(id)?.(answer);
    waiting.delete(id);
  });
  child.on('exit', () => {
    for (const settle of waiting.values()) settle({ error: { name: 'Exited', message: 'The process ended.' } });
  });
  await once(child, 'message');

  let calls = 0;
  return {
    invoke(event, added = {}) {
      const id = ++calls;
      return new Promise((settle) => {
        waiting.set(id, settle);
        child.send({ id, event, environment: added });
      });
    },
    get exitCode() {
      return child.exitCode;
    },
    async stop() {
      const ended = once(child, 'exit');
      child.kill();
      await ended;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
