import { CognitoIdentityProvider } from '@aws-sdk/client-cognito-identity-provider';
import { expect, it } from 'vitest';
import { makeKeys } from '../../../src/local/cognito/keys.ts';
import { startEngine } from '../../start-engine.ts';

it('makes no pool for a caller that was killed while its keys were made', async () => {
  const keys = await makeKeys();
  let finish = (): void => undefined;
  const finished = new Promise<void>((resolve) => {
    finish = resolve;
  });
  const engine = await startEngine({ makePoolKeys: () => finished.then(() => keys) });
  try {
    const cognito = new CognitoIdentityProvider({ ...engine.clientConfig, maxAttempts: 1 });
    const names = async () => (await cognito.listUserPools({ MaxResults: 60 })).UserPools?.map(({ Name }) => Name);
    const killed = new AbortController();
    const abandoned = cognito.createUserPool({ PoolName: 'abandoned' }, { abortSignal: killed.signal });
    const outcome = expect(abandoned).rejects.toThrow();
    // Answered after the engine has read the call before it.
    await names();
    killed.abort();
    await outcome;
    // The engine, in this process too, has seen the end of that connection long before it has answered these.
    for (let call = 0; call < 20; call += 1) await names();
    finish();
    await names();
    await cognito.createUserPool({ PoolName: 'kept' });
    expect(await names()).toEqual(['kept']);
  } finally {
    await engine.stop();
  }
});
