import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { CognitoIdentityProvider } from '@aws-sdk/client-cognito-identity-provider';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { addPool, password } from './pool-fixture.ts';

const program = new URL('../../../dist/engine.js', import.meta.url).pathname;
let folder: string;
let child: ChildProcess;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'dynops-kill-'));
});
afterAll(async () => {
  child?.kill('SIGKILL');
  await rm(folder, { recursive: true, force: true });
});

async function readJson(name: string): Promise<Record<string, string | number>> {
  return JSON.parse(await readFile(join(folder, name), 'utf8'));
}

/** Starts the engine's process and waits until it has written where it listens. */
async function start(): Promise<CognitoIdentityProvider> {
  child = spawn(process.execPath, [program, '--folder', folder, '--port', '0'], { stdio: 'ignore' });
  const deadline = Date.now() + 60_000;
  while (Date.now() < deadline) {
    const running = await readJson('engine.json').catch(() => undefined);
    if (running?.pid === child.pid) {
      const { accessKeyId, secretAccessKey } = await readJson('credentials.json');
      const credentials = { accessKeyId: String(accessKeyId), secretAccessKey: String(secretAccessKey) };
      return new CognitoIdentityProvider({ endpoint: String(running?.endpoint), region: 'us-east-1', credentials });
    }
    await sleep(20);
  }
  throw new Error('the engine did not start');
}

async function kill(): Promise<void> {
  const gone = once(child, 'exit');
  child.kill('SIGKILL');
  await gone;
}

it('loses no acknowledged user, password, client or key when it is killed in the midst of writing', async () => {
  let cognito = await start();
  const { poolId } = await addPool(cognito);
  const { UserPoolClient: client } = await cognito.createUserPoolClient({
    UserPoolId: poolId,
    ClientName: 'app',
    ExplicitAuthFlows: ['ALLOW_USER_PASSWORD_AUTH', 'ALLOW_REFRESH_TOKEN_AUTH'],
  });
  const ClientId = client?.ClientId ?? '';
  const enter = (parameters: Record<string, string>, flow: 'USER_PASSWORD_AUTH' | 'REFRESH_TOKEN_AUTH') =>
    cognito.initiateAuth({ ClientId, AuthFlow: flow, AuthParameters: parameters });

  const acknowledged: string[] = [];
  let refreshToken = '';
  for (let round = 0; round < 3; round++) {
    const username = `known-${round}`;
    await cognito.adminCreateUser({ UserPoolId: poolId, Username: username });
    const set = { UserPoolId: poolId, Username: username, Password: password, Permanent: true };
    await cognito.adminSetUserPassword(set);
    let isOver = false;
    const writers = Array.from({ length: 8 }, async (_, writer) => {
      for (let count = 0; !isOver; count++) {
        const name = `user-${round}-${writer}-${count}`;
        const made = await cognito.adminCreateUser({ UserPoolId: poolId, Username: name }).catch(() => undefined);
        if (!made) return;
        acknowledged.push(name);
      }
    });
    const enough = acknowledged.length + 100;
    while (acknowledged.length < enough) await sleep(5);
    await kill();
    isOver = true;
    await Promise.all(writers);
    cognito = await start();

    const signedIn = await enter({ USERNAME: username, PASSWORD: password }, 'USER_PASSWORD_AUTH');
    if (refreshToken) await enter({ REFRESH_TOKEN: refreshToken }, 'REFRESH_TOKEN_AUTH');
    refreshToken = signedIn.AuthenticationResult?.RefreshToken ?? '';
  }
  const kept = new Set<string | undefined>();
  let token: string | undefined;
  do {
    const page = await cognito.listUsers({ UserPoolId: poolId, ...(token && { PaginationToken: token }) });
    for (const { Username } of page.Users ?? []) kept.add(Username);
    token = page.PaginationToken;
  } while (token);
  expect(acknowledged.length).toBeGreaterThanOrEqual(300);
  expect(acknowledged.filter((name) => !kept.has(name))).toEqual([]);
});
