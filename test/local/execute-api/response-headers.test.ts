import { describe, expect, it } from 'vitest';
import { isResponseMapping, mappedHeaders, remapped } from '../../../src/local/execute-api/response-headers.ts';

const sources = {
  body: Buffer.from('{"a":{"b":[1.0,{"c":"x"}]},"s":"text","n":null}'),
  headers: { 'Content-Type': 'application/json' },
  input: () => ({
    context: { apiId: 'api', requestTimeEpoch: 17, identity: { sourceIp: '127.0.0.1', user: null } },
    stageVariables: { table: 'items' },
  }),
};

describe('headers of an integration response', () => {
  it.each([
    ["'literal'", 'literal'],
    ["''", ''],
    ['integration.response.body.s', 'text'],
    ['integration.response.body.a.b[1].c', 'x'],
    ['integration.response.body.a', '{"b":[1.0,{"c":"x"}]}'],
    ['integration.response.body.a.b[0]', '1.0'],
    ['integration.response.body.absent', undefined],
    ['integration.response.body.n', undefined],
    ['integration.response.body', sources.body.toString()],
    ['integration.response.header.content-type', 'application/json'],
    ['integration.response.multivalueheader.Content-Type', 'application/json'],
    ['integration.response.header.X-Absent', undefined],
    ['context.apiId', 'api'],
    ['context.requestTimeEpoch', '17'],
    ['context.identity.sourceIp', '127.0.0.1'],
    ['context.identity.user', undefined],
    ['context.constructor', undefined],
    ['stageVariables.table', 'items'],
  ])('from %s is %j', (source, value) => {
    expect(isResponseMapping(source)).toBe(true);
    const mapped = mappedHeaders({ responseParameters: { 'method.response.header.X-Mine': source } }, sources);
    expect(mapped).toEqual(value === undefined ? [] : [['X-Mine', value]]);
  });

  it.each([
    'literal',
    'method.request.header.a',
    'integration.request.body.a',
    'stageVariables',
    'integration.response.body.a.length()',
  ])('cannot come from %s', (source) => {
    expect(isResponseMapping(source)).toBe(false);
  });
});

it('gives headers that API Gateway sets itself another name', () => {
  expect(
    remapped([
      ['Date', 'then'],
      ['server', 'mine'],
      ['x-amzn-RequestId', '1'],
      ['Content-Type', 'text/plain'],
      ['Via', 'v'],
    ]),
  ).toEqual([
    ['x-amzn-Remapped-Date', 'then'],
    ['x-amzn-Remapped-server', 'mine'],
    ['x-amzn-Remapped-x-amzn-RequestId', '1'],
    ['Content-Type', 'text/plain'],
    ['Via', 'v'],
  ]);
});
