import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Plugin } from 'esbuild';
import { bundleHandler, zipHandler } from '../scripts/bundle-handler.mjs';
import { dynops, environment, withStack } from './dynops.ts';
import { type Figure, median, ms, run } from './measure.ts';
import { oneByOneMs } from './requests.ts';
import { withServer } from './with-server.ts';

/** What tracing may add to the function. */
const budget = { zipKb: 30, coldStartMs: 15 };

/** What tracing costs: of the function's code and start, of each of its calls, and of a request as a whole. */
export async function benchTracing(home: string): Promise<Figure[]> {
  return [...(await ofTheFunction(home)), await ofARequest(home)];
}

interface Times {
  coldMs: number;
  warmMs: number;
}

const withoutTracing: Plugin = {
  name: 'without-tracing',
  setup({ onLoad }) {
    onLoad({ filter: /handler[\\/]tracing\.ts$/ }, () => ({
      contents: 'export const traceCalls = (call) => call;',
      loader: 'ts',
    }));
  },
};

async function ofTheFunction(home: string): Promise<Figure[]> {
  const zipBytes = async (file: string, plugins: Plugin[]): Promise<number> => {
    const code = await bundleHandler(plugins);
    await writeFile(file, code);
    return (await zipHandler(code)).length;
  };
  const [traced, plain, script] = [join(home, 'traced.cjs'), join(home, 'plain.cjs'), join(home, 'time.cjs')];
  const addedKb = ((await zipBytes(traced, [])) - (await zipBytes(plain, [withoutTracing]))) / 1024;
  await writeFile(script, timing);

  return withServer('null-server.ts', async (url) => {
    const env = {
      ...environment(home),
      AWS_REGION: 'us-east-1',
      AWS_ACCESS_KEY_ID: 'id',
      AWS_SECRET_ACCESS_KEY: 'secret',
      AWS_ENDPOINT_URL: url,
      // Nobody listens there; X-Ray's protocol does not tell.
      AWS_XRAY_DAEMON_ADDRESS: '127.0.0.1:2000',
      _X_AMZN_TRACE_ID: 'Root=1-58406520-a006649127e371903a2de979;Parent=4c721bf33e3caf8f;Sampled=1',
    };
    const times = async (file: string): Promise<Times> =>
      JSON.parse((await run(process.execPath, [script, file], env)).stdout);
    const [withIt, without]: [Times[], Times[]] = [[], []];
    for (let turn = 0; turn < 21; turn += 1) {
      withIt.push(await times(traced));
      without.push(await times(plain));
    }
    const of = (runs: Times[], name: keyof Times): number => median(runs.map((each) => each[name]));
    const cold = [of(withIt, 'coldMs'), of(without, 'coldMs')] as const;
    const warm = [of(withIt, 'warmMs'), of(without, 'warmMs')] as const;
    return [
      {
        what: "tracing in the handler's zip",
        value: `+${addedKb.toFixed(1)} KB`,
        baseline: `budget: ${budget.zipKb} KB`,
        ratio: addedKb < budget.zipKb ? 'kept' : 'EXCEEDED',
      },
      {
        what: 'tracing in a cold start with its first call',
        value: `${signed(cold[0] - cold[1])} ms`,
        baseline: `without: ${ms(cold[1])}; budget: ${budget.coldStartMs} ms`,
        ratio: cold[0] - cold[1] < budget.coldStartMs ? 'kept' : 'EXCEEDED',
      },
      {
        what: 'tracing in each further call of the table',
        value: `${signed(warm[0] - warm[1])} ms`,
        baseline: `without: ${warm[1].toFixed(2)} ms`,
        ratio: '',
      },
    ];
  });
}

const signed = (value: number): string => `${value < 0 ? '−' : '+'}${Math.abs(value).toFixed(2)}`;

/** Loads the function, calls it once, and then often. */
const timing = `
const event = { operation: 'read', tableName: 'items', payload: { Key: { id: '1' } } };
(async () => {
  const began = performance.now();
  const { handler } = require(process.argv[2]);
  await handler(event, {});
  const coldMs = performance.now() - began;
  const times = [];
  for (let call = 0; call < 500; call++) {
    const startMs = performance.now();
    await handler(event, {});
    times.push(performance.now() - startMs);
  }
  times.sort((a, b) => a - b);
  console.log(JSON.stringify({ coldMs, warmMs: times[250] }));
  process.exit(0);
})();`;

/** Through gateway, function and table of the engine, which records what X-Ray would. */
async function ofARequest(home: string): Promise<Figure> {
  return withStack(home, async (url, token) => {
    const headers = { Authorization: token, 'Content-Type': 'application/json' };
    const body = JSON.stringify({ operation: 'read', tableName: 'lambda-apigateway', payload: { Key: { id: '1' } } });
    const target = { url, requests: [{ headers, body }] };
    const [on, off]: [number[], number[]] = [[], []];
    for (let turn = 0; turn < 3; turn += 1) {
      for (const [word, times] of [
        ['on', on],
        ['off', off],
      ] as const) {
        await dynops(home, 'trace', word);
        await oneByOneMs(target, 200);
        times.push(await oneByOneMs(target, 500));
      }
    }
    const [onMs, offMs] = [median(on), median(off)];
    return {
      what: 'tracing in a whole request on the engine',
      value: `${signed(onMs - offMs)} ms`,
      baseline: `without: ${offMs.toFixed(2)} ms`,
      ratio: '',
    };
  });
}
