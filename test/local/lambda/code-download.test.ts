import { createHash } from 'node:crypto';
import { Lambda } from '@aws-sdk/client-lambda';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type LambdaFixture, startLambda } from './function.ts';

let fixture: LambdaFixture;
let lambda: Lambda;

beforeAll(async () => {
  fixture = await startLambda();
  lambda = new Lambda({ ...fixture.engine.clientConfig, maxAttempts: 1 });
  await fixture.create('one', 'one');
  await fixture.create('other', 'other');
});
afterAll(() => fixture?.engine.stop());

describe('the URL of the code', () => {
  const location = async (FunctionName: string) => (await lambda.getFunction({ FunctionName })).Code?.Location ?? '';
  const statusOf = async (url: string | URL, init: RequestInit = {}) => (await fetch(url, init)).status;

  it('gives the zip as it was uploaded, to who has nothing but the URL', async () => {
    const answer = await fetch(await location('one'));
    expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'application/zip']);
    const { CodeSha256, CodeSize } = await lambda.getFunctionConfiguration({ FunctionName: 'one' });
    const zip = Buffer.from(await answer.arrayBuffer());
    expect([createHash('sha256').update(zip).digest('base64'), zip.length]).toEqual([CodeSha256, CodeSize]);
  });

  it('is no use for anything else, nor when it was changed', async () => {
    const url = new URL(await location('one'));
    const changed = (change: (copy: URL) => void) => {
      const copy = new URL(url);
      change(copy);
      return copy;
    };
    const other = new URL(await location('other')).pathname;
    const altered = {
      'another code': changed((copy) => {
        copy.pathname = other;
      }),
      'a file beside it': changed((copy) => {
        copy.pathname += '/../engine.log';
      }),
      'a later end': changed((copy) => copy.searchParams.set('expires', '9999999999999')),
      'another signature': changed((copy) => copy.searchParams.set('signature', 'x'.repeat(43))),
      'no signature': changed((copy) => copy.searchParams.delete('signature')),
      'no query': changed((copy) => {
        copy.search = '';
      }),
    };
    for (const [what, copy] of Object.entries(altered)) expect([what, await statusOf(copy)]).toEqual([what, 403]);
    for (const method of ['POST', 'PUT', 'DELETE', 'HEAD']) {
      expect([method, await statusOf(url, { method })]).toEqual([method, 403]);
    }
    expect(await statusOf(url, { headers: { origin: 'https://example.com' } })).toBe(403);
    expect(await statusOf(url, { headers: { 'sec-fetch-site': 'cross-site' } })).toBe(403);
    expect(await statusOf(url)).toBe(200);
  });

  it('is valid for ten minutes', async () => {
    let nowMs = Date.now();
    const aged = await startLambda({ clock: () => nowMs });
    await aged.create('aging', 'aging');
    const client = new Lambda({ ...aged.engine.clientConfig, maxAttempts: 1 });
    const { Code } = await client.getFunction({ FunctionName: 'aging' });
    const ageBy = async (minutes: number) => {
      nowMs += minutes * 60_000;
      return statusOf(Code?.Location ?? '');
    };
    expect([await ageBy(9), await ageBy(2)]).toEqual([200, 403]);
    await aged.engine.stop();
  });
});
