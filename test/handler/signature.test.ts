import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createSigner } from '../../src/handler/signature.ts';
import { signHeaders } from '../local/sign.ts';

test('signs as the IAM user guide describes it, with and without a session token', () => {
  const request = fc.record({
    body: fc.string({ unit: 'grapheme' }),
    secretAccessKey: fc.constantFrom('wJalrXUtnFEMI/K7MDENG', 'another'),
    region: fc.constantFrom('us-east-1', 'eu-central-1', 'cn-north-1'),
    sessionToken: fc.option(fc.base64String({ minLength: 1 }), { nil: undefined }),
    now: fc.date({ min: new Date('2000-01-01'), max: new Date('2099-12-31'), noInvalidDate: true }),
  });
  // One for all, as a function has it: the key that it keeps is the last request's.
  const sign = createSigner();
  fc.assert(
    fc.property(request, ({ body, region, secretAccessKey, sessionToken, now }) => {
      const credentials = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey, sessionToken };
      const headers = { 'content-type': 'application/x-amz-json-1.0', 'x-amz-target': 'DynamoDB_20120810.Scan' };
      const { authorization, ...sent } = sign(credentials, { host: 'example.test:4580', region, headers, body, now });
      expect(authorization).toBe(
        signHeaders({
          endpoint: 'http://example.test:4580',
          credentials,
          service: 'dynamodb',
          region,
          method: 'POST',
          path: '/',
          headers: { ...headers, ...(sessionToken && { 'x-amz-security-token': sessionToken }) },
          body,
          date: now,
        }).authorization,
      );
      expect(sent.host).toBe('example.test:4580');
    }),
  );
});
