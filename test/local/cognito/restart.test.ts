import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CognitoIdentityProvider } from '@aws-sdk/client-cognito-identity-provider';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { verifyPoolToken } from '../../../src/local/cognito/pools.ts';
import { startEngine } from '../../start-engine.ts';
import { signIn, startPool } from './pool-fixture.ts';

let dataDir: string;

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'dynops-cognito-'));
});
afterAll(() => rm(dataDir, { recursive: true, force: true }));

it('keeps pools, users, keys and refresh tokens over a restart on another port', async () => {
  const before = await startPool({ dataDir });
  const { poolId, poolArn, clientId, cognito } = before;
  await cognito.createUserPoolDomain({ UserPoolId: poolId, Domain: 'kept' });
  const { idToken, refreshToken } = await signIn(before);
  const revoked = await signIn(before);
  await cognito.revokeToken({ ClientId: clientId, Token: revoked.refreshToken });
  await before.engine.stop();

  // Nobody else's, or the second engine might get the port again.
  const taken = createServer().listen(Number(new URL(before.engine.endpoint).port), '127.0.0.1');
  await once(taken, 'listening');
  const engine = await startEngine({ dataDir });
  taken.close();
  try {
    const again = new CognitoIdentityProvider({ ...engine.clientConfig, maxAttempts: 1 });
    expect(engine.endpoint).not.toBe(before.engine.endpoint);
    const known = await verifyPoolToken(engine.engine, { token: idToken, poolArns: [poolArn] });
    expect(known.aud).toBe(clientId);
    const refresh = (token: string) =>
      again.initiateAuth({
        ClientId: clientId,
        AuthFlow: 'REFRESH_TOKEN_AUTH',
        AuthParameters: { REFRESH_TOKEN: token },
      });
    expect((await refresh(refreshToken)).AuthenticationResult?.IdToken).toBeDefined();
    await expect(refresh(revoked.refreshToken)).rejects.toMatchObject({ message: 'Refresh Token has been revoked' });
    const fresh = await signIn({ ...before, engine, cognito: again });
    const verified = await verifyPoolToken(engine.engine, { token: fresh.idToken, poolArns: [poolArn] });
    expect(verified.iss).toBe(`${engine.endpoint}/${poolId}`);
    expect((await again.describeUserPool({ UserPoolId: poolId })).UserPool?.Domain).toBe('kept');
  } finally {
    await engine.stop();
  }
});
