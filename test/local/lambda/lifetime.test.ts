import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { IAM } from '@aws-sdk/client-iam';
import { Lambda } from '@aws-sdk/client-lambda';
import { expect, it } from 'vitest';
import { startLambda } from './function.ts';

/** What a function's process needs, and for how long it is there. */

// A machine that was asleep wakes up with warm processes whose credentials are of the day before.
it('a process has credentials that are valid, however long ago the first one started', async () => {
  let lateMs = 0;
  const { engine, create } = await startLambda({ clock: () => Date.now() + lateMs });
  try {
    const told = 'process.env.AWS_ACCESS_KEY_ID, process.env.AWS_SESSION_TOKEN';
    await create('lasting', `exports.handler = async () => [${told}];`);
    const { functions, sessionCredentials } = engine.engine;
    // Not by a request, which would be signed at another time.
    const ask = async () => {
      const asked = { region: 'us-east-1', functionName: 'lasting', payload: Buffer.from('{}') };
      return JSON.parse(Buffer.from((await functions.invoke(asked)).payload).toString()) as [string, string];
    };
    const first = await ask();
    lateMs = 10 * 3_600_000;
    expect(await ask()).toEqual(first);
    lateMs = 13 * 3_600_000;
    expect(sessionCredentials.open(...first)).toBeUndefined();
    expect(sessionCredentials.open(...(await ask()))).toBeDefined();
  } finally {
    await engine.stop();
  }
});

it('a process of a role that was made again is followed by one with its credentials', async () => {
  const { engine, create, invoke } = await startLambda();
  try {
    const told = 'process.env.AWS_ACCESS_KEY_ID, process.env.AWS_SESSION_TOKEN';
    await create('lasting', `exports.handler = async () => [${told}];`);
    const { sessionCredentials } = engine.engine;
    const ask = async () => (await invoke('lasting')).payload as [string, string];
    const first = await ask();
    expect(await ask()).toEqual(first);
    const iam = new IAM(engine.clientConfig);
    const { Role } = await iam.getRole({ RoleName: 'role' });
    await iam.deleteRole({ RoleName: 'role' });
    const without = await ask();
    expect(sessionCredentials.open(...first)).toBeUndefined();
    // It may do nothing, and is not started anew for that.
    expect(await ask()).toEqual(without);
    const AssumeRolePolicyDocument = decodeURIComponent(Role?.AssumeRolePolicyDocument ?? '');
    await iam.createRole({ RoleName: 'role', AssumeRolePolicyDocument });
    const second = await ask();
    expect(second).not.toEqual(without);
    expect(sessionCredentials.open(...second)).toBeDefined();
    expect(await ask()).toEqual(second);
  } finally {
    await engine.stop();
  }
});

it('each of a crowd is told why a function does not load, and none that its process was on its way out', async () => {
  const { engine, create, invoke } = await startLambda();
  try {
    await create('broken', 'throw new TypeError("as told");');
    const answers = await Promise.all(Array.from({ length: 40 }, () => invoke('broken')));
    expect(new Set(answers.map(({ payload }) => (payload as { errorType: string }).errorType))).toEqual(
      new Set(['TypeError']),
    );
  } finally {
    await engine.stop();
  }
}, 60_000);

// What a function was started for may begin long after a change: its start, and the wait for a process, have no part in its timeout.
it('code stays for as long as something runs with it, although its function is gone', async () => {
  let lateMs = 0;
  const { engine, create, invoke: call } = await startLambda({ clock: () => Date.now() + lateMs });
  const folders = () => readdir(join(engine.dataDir, 'code'));
  try {
    await create(
      'slow',
      {
        'index.mjs': `await new Promise((resolve) => setTimeout(resolve, 2_500));
          export const handler = async () => (await import('./late.mjs')).default;`,
        'late.mjs': 'export default "was there";',
      },
      { Timeout: 1, MemorySize: 1_024 },
    );
    // The upload itself keeps it for a while, too.
    lateMs = 60_000;
    const answer = call('slow');
    await expect.poll(() => readdir(join(engine.dataDir, 'scratch'))).toHaveLength(1);
    await new Lambda(engine.clientConfig).deleteFunction({ FunctionName: 'slow' });
    expect((await answer).payload).toBe('was there');
    await expect.poll(folders, { timeout: 5_000 }).toEqual([]);
  } finally {
    await engine.stop();
  }
});

it('a process that could not be started leaves no folder', async () => {
  const { engine, create, invoke } = await startLambda();
  try {
    await create('gone', 'exports.handler = async () => 1;');
    await rm(join(engine.dataDir, 'code'), { recursive: true });
    await expect(invoke('gone')).rejects.toThrow();
    expect(await readdir(join(engine.dataDir, 'scratch'))).toEqual([]);
  } finally {
    await engine.stop();
  }
});
