import { expect, it } from 'vitest';
import { createSigningKeys, verifySignature } from '../../../src/local/http/signature.ts';

it('takes no header twice, however often it is said to be signed', () => {
  let taken = 0;
  const headers = {
    host: '127.0.0.1',
    'x-amz-date': '20260101T000000Z',
    get long() {
      taken += 1;
      return 'y'.repeat(30_000);
    },
  };
  const claimed = {
    accessKeyId: 'a',
    region: 'us-east-1',
    service: 'sts',
    date: headers['x-amz-date'],
    scopeDate: '20260101',
    signedHeaders: ['host', 'x-amz-date', ...Array.from({ length: 10_000 }, () => 'long')],
    signature: 'b',
    declaredHash: undefined,
    sessionToken: undefined,
    expiresSeconds: undefined,
    query: [],
  };
  const verify = (signedHeaders: string[]) =>
    verifySignature(
      { method: 'POST', path: '/', query: '', headers, body: Buffer.of() },
      { ...claimed, signedHeaders },
      {
        nowMs: Date.UTC(2026, 0, 1),
        findSecret: () => ({ accessKeyId: 'a', secretAccessKey: 'c' }),
        signingKey: createSigningKeys(),
      },
    );
  expect(() => verify(claimed.signedHeaders)).toThrow('does not match the signature');
  expect(taken).toBe(0);
  expect(() => verify(['host', 'long', 'x-amz-date'])).toThrow('does not match the signature');
  expect(taken).toBe(1);
});
