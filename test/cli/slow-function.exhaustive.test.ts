import { LambdaClient, UpdateFunctionCodeCommand, UpdateFunctionConfigurationCommand } from '@aws-sdk/client-lambda';
import { zipSync } from 'fflate';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { LoadResult } from '../../src/measure/load/result.ts';
import { clientConfig, type Installation, install } from './dynops.ts';

let dynops: Installation;

/** Longer than a command has by itself once its time is up, and less than a load waits for its last answers. */
const answerMs = 4_800;
const code = `exports.handler = async ({ operation }) => {
  if (operation !== 'ping') await new Promise((resolve) => setTimeout(resolve, ${answerMs}));
  return 'pong';
}`;

beforeAll(async () => {
  dynops = await install();
  await dynops.json(['up']);
  await dynops.json(['function', 'config', '--memory', '192']);
  const lambda = new LambdaClient(await clientConfig(dynops));
  const FunctionName = 'LambdaFunctionOverHttps';
  await lambda.send(new UpdateFunctionConfigurationCommand({ FunctionName, Timeout: 10 }));
  const ZipFile = zipSync({ 'index.js': Buffer.from(code) });
  await lambda.send(new UpdateFunctionCodeCommand({ FunctionName, ZipFile }));
});

afterAll(() => dynops.remove());

const settings = () => dynops.json<{ memoryMb: number; architecture: string }>(['function', 'config']);

it('load --timeout: what was sent is answered, and the results are told', async () => {
  const words = ['load', '--users', '1', '--duration', '5m', '--json', '--timeout'];
  let result: (Partial<LoadResult> & { error?: { code: string } }) | undefined;
  // A slow machine may need the first of them to start, to sign in and to ping.
  for (const seconds of ['3', '6', '12']) {
    const { status, stdout } = await dynops.run([...words, seconds]);
    expect(status).toBe(2);
    result = JSON.parse(stdout) as typeof result;
    if (result?.error?.code !== 'Timeout') break;
  }
  expect(result).toMatchObject({ interrupted: true, failed: 0, abandoned: 0 });
  expect(result?.requests).toBeGreaterThan(0);
});

it('tune --timeout: the function is as it was', async () => {
  const before = await settings();
  const words = ['tune', '--users', '1', '--duration', '5m', '--memory', '512', '--timeout', '3', '--json'];
  const { status, stdout } = await dynops.run(words);
  expect(status).toBe(2);
  expect(JSON.parse(stdout)).toMatchObject({ ok: false, error: { code: 'Timeout' } });
  expect(await settings()).toEqual(before);
});

it("tune --arch: code that is not dynops's is not replaced", async () => {
  const before = await settings();
  const other = before.architecture === 'arm64' ? 'x86_64' : 'arm64';
  const { status, stdout } = await dynops.run(['tune', '--memory', '512', '--arch', other, '--json']);
  expect(status).toBe(1);
  expect(JSON.parse(stdout)).toMatchObject({
    error: { code: 'CodeDiffers', hint: expect.stringContaining('dynops up') },
  });
  expect(await settings()).toEqual(before);
});
