import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { refusal } from '../refusal.ts';
import { type GatewayFixture, type Sketch, startGateway, type TestApi } from './api-fixture.ts';

let fixture: GatewayFixture;
beforeAll(async () => {
  fixture = await startGateway();
});
afterAll(() => fixture?.engine.stop());

const form = { 'content-type': 'application/x-www-form-urlencoded' };
const json = { 'content-type': 'application/json' };

describe('passing through', () => {
  const templates = { 'application/json': '{"mapped":true}' };
  const sketch = (integration: Sketch['integration']): Sketch => ({ ...(integration && { integration }) });
  let api: TestApi;
  beforeAll(async () => {
    api = await fixture.makeApi({
      '/default': {},
      '/no-match': sketch({ passthroughBehavior: 'WHEN_NO_MATCH', requestTemplates: templates }),
      '/no-templates': sketch({ passthroughBehavior: 'WHEN_NO_TEMPLATES' }),
      '/templates': sketch({ passthroughBehavior: 'WHEN_NO_TEMPLATES', requestTemplates: templates }),
      '/never': sketch({ passthroughBehavior: 'NEVER' }),
      '/never-mapped': sketch({ passthroughBehavior: 'NEVER', requestTemplates: templates }),
    });
  });

  it('hands the body of a plain `curl -d` to the function', async () => {
    const body = '{"operation":"echo","payload":{"n":12345678901234567890}}';
    for (const headers of [form, json, {}, { 'content-type': 'text/plain; charset=utf-8' }]) {
      const answer = await api.call('/default', { headers, body });
      expect([answer.status, answer.headers['content-type']]).toEqual([200, 'application/json']);
      expect(JSON.parse(answer.body)).toMatchObject({ operation: 'echo' });
    }
  });

  it('gives the function {} for no body', async () => {
    expect((await api.call('/default')).body).toBe('{}');
  });

  it.each([
    ['/default', json, '{"raw":1}'],
    ['/default', form, '{"raw":1}'],
    ['/no-match', json, '{"mapped":true}'],
    ['/no-match', {}, '{"mapped":true}'],
    ['/no-match', { 'content-type': 'Application/JSON;charset=utf-8' }, '{"mapped":true}'],
    ['/no-match', form, '{"raw":1}'],
    ['/no-templates', json, '{"raw":1}'],
    ['/no-templates', form, '{"raw":1}'],
    ['/templates', json, '{"mapped":true}'],
    ['/templates', form, 415],
    ['/never', json, 415],
    ['/never', form, 415],
    ['/never-mapped', json, '{"mapped":true}'],
    ['/never-mapped', form, 415],
  ])('%s with %j gives %j', async (path, headers, expected) => {
    const answer = await api.call(path, { headers: headers as Record<string, string>, body: '{"raw":1}' });
    expect(answer.status === 200 ? answer.body : answer.status).toBe(expected);
  });
});

describe('request templates', () => {
  /** What the function is given for a request, by this template. */
  async function mapped(template: string, request: Parameters<TestApi['call']>[1] = {}, path = '/things/7') {
    const requestTemplates = { 'application/json': template };
    const api = await fixture.makeApi({ '/things/{id}': { integration: { requestTemplates } } });
    const answer = await api.call(path, request);
    return answer.status === 200 ? JSON.parse(answer.body) : answer;
  }

  it('read the body as JSON: whole, by path, and as it was', async () => {
    const body = '{"a":{"b":[1,{"c":"x"}]},"text":"say \\"hi\\"\\n","n":null,"with-dash":2,"list":[3,4]}';
    const template = `{
      "whole": $input.json('$'), "part": $input.json('$.a.b[1]'), "text": $input.json('$.text'),
      "dash": $input.json("$['with-dash']"), "bare": "$input.path('$.a.b[1].c')",
      "escaped": "$util.escapeJavaScript($input.path('$.text'))",
      "raw": "$util.base64Encode($input.body)", "sum": #set($list = $input.path('$.list'))#set($sum = 0)#foreach($n in $list)#set($sum = $sum + $n)#end$sum,
      "none": "$input.path('$.absent')", "size": $list.size()
    }`;
    expect(await mapped(template, { body })).toEqual({
      whole: JSON.parse(body),
      part: { c: 'x' },
      text: 'say "hi"\n',
      dash: 2,
      bare: 'x',
      escaped: 'say "hi"\n',
      raw: Buffer.from(body).toString('base64'),
      sum: 7,
      none: '',
      size: 2,
    });
  });

  it('keep numbers that a double cannot hold', async () => {
    const requestTemplates = { 'application/json': '{"answer":"$util.escapeJavaScript($input.json(\'$.n\'))"}' };
    const api = await fixture.makeApi({ '/n': { integration: { requestTemplates } } });
    const n = '12345678901234567890123456789012345678';
    expect((await api.call('/n', { body: `{"n":${n}}` })).body).toBe(`"${n}"`);
  });

  it('read parameters of the path, the query and the headers', async () => {
    const template = `{"id":"$input.params('id')","q":"$input.params('q')","h":"$input.params('X-Mine')",
      "all":"$input.params().querystring.get('q')$input.params().path.get('id')", "absent":"$input.params('absent')",
      "odd":"$input.params('constructor')"}`;
    const request = { headers: { 'X-Mine': 'header' }, body: '{}' };
    expect(await mapped(template, request, '/things/7?q=a%20b&q2=c')).toEqual({
      id: '7',
      q: 'a b',
      h: 'header',
      all: 'a b7',
      absent: '',
      odd: '',
    });
  });

  it('know the request, the stage and its variables', async () => {
    const template = `{"api":"$context.apiId","stage":"$context.stage","verb":"$context.httpMethod","path":"$context.resourcePath",
      "request":"$context.requestId","ip":"$context.identity.sourceIp","agent":"$context.identity.userAgent",
      "account":"$context.accountId","absent":"$!context.authorizer.claims.sub","variable":"$stageVariables.table"}`;
    const requestTemplates = { 'application/json': template };
    const api = await fixture.makeApi({ '/things/{id}': { integration: { requestTemplates } } });
    await fixture.gateway.updateStage({
      restApiId: api.restApiId,
      stageName: 'prod',
      patchOperations: [{ op: 'replace', path: '/variables/table', value: 'items' }],
    });
    const answer = await api.call('/things/7', { headers: { 'user-agent': 'test/1' } });
    expect(JSON.parse(answer.body)).toEqual({
      api: api.restApiId,
      stage: 'prod',
      verb: 'POST',
      path: '/things/{id}',
      request: answer.headers['x-amzn-requestid'],
      ip: '127.0.0.1',
      agent: 'test/1',
      account: fixture.engine.engine.accountId,
      absent: '',
      variable: 'items',
    });
  });

  it('decode and encode, and branch', async () => {
    const template = `#set($inner = $util.parseJson($input.path('$.json')))
      {"inner":"$inner.a","url":"$util.urlEncode('a b&c')","back":"$util.urlDecode('a+b%26c')","base":"$util.base64Decode('aGk=')",
      "branch":#if($input.path('$.on'))"yes"#{else}"no"#end}`;
    const body = JSON.stringify({ json: '{"a":"deep"}', on: true });
    expect(await mapped(template, { body })).toEqual({
      inner: 'deep',
      url: 'a+b%26c',
      back: 'a b&c',
      base: 'hi',
      branch: 'yes',
    });
  });

  it('that fail are a configuration error, not the end of the engine', async () => {
    for (const template of [
      '#foreach(',
      "$input.path('$').get('a').substring(9)$input.params('id').charAt(9)",
      '$util.urlDecode("%")',
    ]) {
      const answer = await mapped(template, { body: '{}' });
      expect([template, answer.status, answer.body]).toEqual([template, 500, '{"message":"Internal server error"}']);
    }
    expect(await mapped('{"still":"here"}')).toEqual({ still: 'here' });
  });

  it('cannot reach the program that runs them', async () => {
    const api = await fixture.makeApi({ '/safe': {} });
    const refusedTemplate = (template: string) =>
      refusal(
        api.add(`/unsafe-${template.length}`, { integration: { requestTemplates: { 'application/json': template } } }),
      );
    for (const [template, what] of [
      ["$input.json.constructor('return process.pid')", 'the method constructor'],
      ['$util.getClass()', '$util.getClass'],
    ] as const) {
      expect(await refusedTemplate(template)).toMatchObject({
        name: 'BadRequestException',
        message: `This endpoint does not serve ${what} in mapping templates.`,
      });
    }
    expect(await mapped('{"answer":"$!input.constructor$!util.__proto__$input.json.prototype"}')).toBe('');
  });

  it('loop 1000 times at most, whatever the caller asks for', async () => {
    const over = (list: string, body: string) => mapped(`"#foreach($n in ${list})x#end"`, { body });
    const range = `[1..$input.path('$.n')]`;
    const list = `$input.path('$')`;
    const numbers = (length: number) => JSON.stringify(Array.from({ length }, (_, n) => n));
    expect(await over(range, '{"n":1000}')).toHaveLength(1_000);
    expect(await over(list, numbers(1_000))).toHaveLength(1_000);
    for (const [loop, body] of [
      [range, '{"n":1001}'],
      [range, '{"n":1e9}'],
      [range, '{"n":-1e9}'],
      [list, numbers(1_001)],
    ] as const) {
      expect(await over(loop, body)).toMatchObject({ status: 500 });
    }
    const nested = '#foreach($a in [1..1000])#foreach($b in [1..1000])x#end#end';
    expect(await mapped(`"${nested}"`)).toMatchObject({ status: 500 });
    const conditional = `"#foreach($n in [1..1000])#if($n > 500)y#else x#end#end"`;
    expect(await mapped(conditional)).toHaveLength(1_500);
  });
});
