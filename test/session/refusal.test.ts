import { describe, expect, it } from 'vitest';
import { adviceFor } from '../../src/cli/advice.ts';
import { noGlobals } from '../../src/cli/declare.ts';
import type { DynopsError } from '../../src/errors.ts';
import type { Outputs } from '../../src/home/stack-files.ts';
import { explainRefusal } from '../../src/session/refusal.ts';

const outputs: Outputs = {
  account: '000000000000',
  apiUrl: 'http://127.0.0.1:1/x',
  userPoolId: 'us-east-1_AAAAAAAAA',
  clientId: 'the-client',
  domainUrl: null,
  username: 'testuser',
};
const nowMs = 1_700_000_000_000;
const good = {
  token_use: 'id',
  aud: 'the-client',
  iss: 'https://cognito-idp.us-east-1.amazonaws.com/us-east-1_AAAAAAAAA',
  exp: nowMs / 1000 + 60,
};

function token(claims: object): string {
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  return `${part({ alg: 'RS256' })}.${part(claims)}.signature`;
}

function explain(sent: string | undefined) {
  return explainRefusal(401, { token: sent, outputs, nowMs, message: 'Unauthorized', requestId: 'r-1' });
}

const advise = (error: DynopsError) => adviceFor(error, { options: noGlobals, isLocal: true });

describe('a refusal by the API', () => {
  it.each([
    ['no token', undefined, 'NoToken'],
    ['an expired one', token({ ...good, exp: nowMs / 1000 - 3600 }), 'TokenExpired'],
    ['one that expires now', token({ ...good, exp: nowMs / 1000 }), 'TokenExpired'],
    ['an access token', token({ ...good, token_use: 'access', client_id: 'the-client' }), 'WrongTokenUse'],
    ['a token of nobody knows what', token({ exp: good.exp }), 'WrongTokenUse'],
    ['one of another pool', token({ ...good, iss: `${good.iss}B` }), 'ForeignPool'],
    ['one of another client', token({ ...good, aud: 'another' }), 'ForeignClient'],
    ['a good one', token(good), 'TokenRefused'],
    ['something else', 'not-a-token', 'TokenRefused'],
    ['broken JSON', 'e30.e.x', 'TokenRefused'],
    ['one that expires at no time', token({ ...good, exp: 1e20 }), 'TokenRefused'],
  ])('of %s is explained', (_case, sent, code) => {
    const error = explain(sent);
    expect(error).toMatchObject({ code, exitStatus: 4, requestId: 'r-1' });
    expect(error.message).toContain('401 Unauthorized');
    expect(advise(error)).toBeTypeOf('string');
  });

  it.each([
    [{}, '--no-auth'],
    [{ username: null }, 'dynops user create'],
    [{ username: null, clientId: null, userPoolId: null }, 'dynops up'],
  ])('of no token says what is needed for one: %j', (missing, advice) => {
    const sent = { token: undefined, outputs: { ...outputs, ...missing }, nowMs, message: '', requestId: undefined };
    expect(advise(explainRefusal(401, sent))).toContain(advice);
  });

  it('never shows the token', () => {
    const sent = token({ ...good, aud: 'another' });
    expect(JSON.stringify([explain(sent).message, explain(sent).facts])).not.toContain(sent.split('.')[1]);
  });
});
