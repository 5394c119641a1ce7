import { describe, expect, it } from 'vitest';
import type { Engine } from '../../../src/local/engine.ts';
import { ownersAnswer, ownerToken } from '../../../src/local/http/owner.ts';
import { createRequestLog, masked, type RequestLog } from '../../../src/local/http/request-log.ts';

const entry = (path: string, body = '', answer = '') => ({
  atMs: 1,
  ms: 2,
  kind: 'api' as const,
  method: 'POST',
  path,
  status: 200,
  requestBody: Buffer.from(body),
  answer: { status: 200, headers: [], body: answer },
});
const authorization = `Bearer ${ownerToken('secret')}`;
const ask = async (log: RequestLog, authorization: string | undefined, query = 'after=0') =>
  ownersAnswer(
    { method: 'GET', path: '/_dynops/requests', authorization },
    { engine: {} as Engine, requests: log, query, secretAccessKey: 'secret' },
  );

describe('the request log', () => {
  it('keeps the last thousand, and the beginning of their bodies', () => {
    const log = createRequestLog();
    for (let index = 1; index <= 2_500; index += 1) log.add(entry(`/${index}`, 'x'.repeat(10_000), 'y'.repeat(10_000)));
    const kept = log.after(0);
    expect(kept).toHaveLength(1_000);
    expect(kept.at(-1)).toMatchObject({ id: 2_500, path: '/2500' });
    expect(log.after(2_499).map(({ id }) => id)).toEqual([2_500]);
    // One of a later start of the engine: who has seen the others is told of it.
    log.add({ ...entry('/later'), atMs: 1_000_000 });
    expect(log.after(2_500)).toMatchObject([{ path: '/later' }]);
    expect([kept[0]?.requestBody.length, kept[0]?.responseBody.length]).toEqual([4_096, 4_096]);
    log.add({ ...entry(`/${'x'.repeat(60_000)}`), atMs: 2_000_000, operation: 'y'.repeat(60_000) });
    const [longest] = log.after(1_999_999);
    const body = Buffer.alloc(1_000_000).subarray(0, 10);
    log.add({ ...entry('/', ''), atMs: 3_000_000, requestBody: body, answer: { status: 200, headers: [], body } });
    const [small] = log.after(2_999_999);
    for (const copy of [small?.requestBody, small?.responseBody]) expect(copy?.buffer.byteLength).toBeLessThan(10_000);
    expect([longest?.path.length, longest?.operation?.length]).toEqual([4_096, 4_096]);
  });

  it('is shown to whoever has the engine’s secret alone', async () => {
    const log = createRequestLog();
    log.add(entry('/orders'));
    expect((await ask(log, undefined))?.status).toBe(403);
    expect((await ask(log, `Bearer ${ownerToken('other')}`))?.status).toBe(403);
    expect((await ask(log, `${authorization} `))?.status).toBe(403);
    expect(JSON.parse(String((await ask(log, authorization))?.body)).entries).toMatchObject([
      { path: '/orders', status: 200 },
    ]);
    expect(String((await ask(log, authorization))?.body)).not.toContain('request"');
  });

  it('gives bodies on demand, without what is secret in them', async () => {
    const log = createRequestLog();
    log.add(
      entry(
        '/login?code=abc&state=1',
        '{"AuthParameters":{"USERNAME":"ada","PASSWORD":"p\\"w"}}',
        '{"IdToken":"eyJh.eyJi.c","n":1}',
      ),
    );
    const { body } = (await ask(log, authorization, 'after=0&bodies=1')) ?? {};
    expect(JSON.parse(String(body)).entries).toMatchObject([
      {
        path: '/login?code=***&state=1',
        request: '{"AuthParameters":{"USERNAME":"ada","PASSWORD":"***"}}',
        response: '{"IdToken":"***","n":1}',
      },
    ]);
  });

  it.each([
    ['{"password": "x"}', '{"password": "***"}'],
    ['{"SecretHash":"x","a":"b"}', '{"SecretHash":"***","a":"b"}'],
    ['grant_type=refresh_token&refresh_token=abc', 'grant_type=refresh_token&refresh_token=***'],
    ['username=ada&password=x y', 'username=ada&password=*** y'],
    ['Bearer eyJhbGciOi.eyJzdWIi.sig-nature', 'Bearer ***'],
    ['{"password":"cut in the mid', '{"password":"***"'],
    ['{"name":"token"}', '{"name":"token"}'],
    ['{"Environment":{"Variables":{"STRIPE":"x"}},"a":1}', '{"Environment":{"Variables":"***"},"a":1}'],
    ['{"Variables":{"A":"x}y","B}":"{\\"z\\":1}","C":"[\\\\"},"a":1}', '{"Variables":"***","a":1}'],
    ['{"Variables":{"A":"cut}', '{"Variables":"***"'],
    ['{"body":"{\\"password\\":\\"x \\\\\\"y\\",\\"n\\":1}"}', '{"body":"{\\"password\\":\\"***\\",\\"n\\":1}"}'],
    ['{"Item":{"password":{"S":"x"},"n":{"N":"1"}}}', '{"Item":{"password":"***","n":{"N":"1"}}}'],
    [
      '{"multiValueHeaders":{"Authorization":["Basic x","y"],"a":1}}',
      '{"multiValueHeaders":{"Authorization":"***","a":1}}',
    ],
    ['{"Cookie":"x","x-api-key":"y"}', '{"Cookie":"***","x-api-key":"***"}'],
    ['{"statusCode":200,"Code":{"ZipFile":"x"}}', '{"statusCode":200,"Code":{"ZipFile":"x"}}'],
    [
      '{"PasswordPolicy":{"MinimumLength":8},"TokenValidity":60}',
      '{"PasswordPolicy":{"MinimumLength":8},"TokenValidity":60}',
    ],
    ['eyJ-eyJa.b eyJ.eyJc-eyJd.e.f.g eyJh..', 'eyJ-eyJa.b eyJ.***.g eyJh..'],
  ])('%s', (text, shown) => {
    expect(masked(text)).toBe(shown);
  });

  // A thousand such paths held the engine up for minutes as soon as somebody looked at them.
  it('is masked in time that grows as its length', () => {
    const text = 'eyJ-'.repeat(100_000);
    expect(masked(text)).toBe(text);
  }, 10_000);
});
