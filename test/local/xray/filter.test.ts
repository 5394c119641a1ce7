import { expect, test } from 'vitest';
import { assemble } from '../../../src/local/xray/assemble.ts';
import { parseFilter } from '../../../src/local/xray/filter.ts';
import { traceScope } from '../../../src/local/xray/filter-scope.ts';
import { createTraces } from '../../../src/local/xray/traces.ts';
import { segment } from './documents.ts';

/** A stage (POST, 500, 2 s) that calls a function (1.5 s, fault) that calls a table. */
function scope() {
  const traces = createTraces(Date.now);
  const stage = segment({
    name: 'DynamoDBOperations/prod',
    origin: 'AWS::ApiGateway::Stage',
    start_time: 100,
    end_time: 102,
    fault: true,
    user: 'testuser',
    http: { request: { url: 'https://example.com/prod/DynamoDBManager', method: 'POST' }, response: { status: 500 } },
    annotations: { 'aws:api_stage': 'prod', count: 7, slow: true, fast: false },
  });
  const part = {
    id: 'a'.repeat(16),
    name: 'DynamoDB',
    namespace: 'aws',
    start_time: 100.5,
    end_time: 101,
    aws: { table_name: 'things' },
  };
  const called = segment({
    trace_id: stage.trace_id,
    parent_id: stage.id,
    name: 'LambdaFunctionOverHttps',
    origin: 'AWS::Lambda::Function',
    start_time: 100.25,
    end_time: 101.75,
    fault: true,
    cause: { exceptions: [{ message: 'it broke' }] },
    subsegments: [part],
  });
  traces.put('r', stage);
  traces.put('r', called);
  const [trace] = traces.list('r');
  if (!trace) throw new Error('no trace');
  return traceScope(assemble(trace), '000000000000');
}

test.each([
  ['fault', true],
  ['ok', false],
  ['!ok', true],
  ['error', false],
  ['NOT error', true],
  ['fault = true', true],
  ['fault = false', false],
  ['responsetime > 1.9', true],
  ['responsetime > 2', false],
  ['duration >= 2 AND duration <= 2', true],
  ['http.status = 500', true],
  ['http.status != 500', false],
  ['http.url CONTAINS "DynamoDB"', true],
  ['http.url BEGINSWITH "http://"', false],
  ['http.url ENDSWITH "Manager"', true],
  ['http.method = "POST"', true],
  ['user = "testuser"', true],
  ['message CONTAINS "broke"', true],
  ['annotation.count = 7', true],
  ['annotation[count] > 7', false],
  ['annotation["aws:api_stage"] = "prod"', true],
  ['annotation[aws:api_stage] = "prod"', true],
  ['annotation[slow]', true],
  ['annotation[fast]', false],
  ['annotation[missing]', false],
  ['service("LambdaFunctionOverHttps")', true],
  ['service("other")', false],
  ['service("DynamoDBOperations/prod") { responsetime > 1.9 }', true],
  ['service("LambdaFunctionOverHttps") { responsetime > 1.9 }', false],
  ['service("LambdaFunctionOverHttps") { fault AND responsetime > 1 }', true],
  ['service(id(name: "things", type: "AWS::DynamoDB::Table"))', true],
  ['service(id(name: "things", type: "AWS::Lambda"))', false],
  ['service(id(account.id: "000000000000"))', true],
  ['service() { inferred }', true],
  ['edge("DynamoDBOperations/prod", "LambdaFunctionOverHttps")', true],
  ['edge("LambdaFunctionOverHttps", "DynamoDBOperations/prod")', false],
  ['edge("LambdaFunctionOverHttps", "things") { duration > 0.4 }', true],
  ['error OR fault', true],
  ['error OR fault AND ok', false],
  ['(error OR fault) AND !ok', true],
  ['responsetime > 1 and fault', true],
])('%s: %s', (expression, expected) => {
  expect(parseFilter(expression)(scope())).toBe(expected);
});

test.each([
  '(',
  'fault AND',
  'fault fault',
  'http.status =',
  'http.status = ,',
  'service(',
  'service("a"',
  'edge("a")',
  '"text"',
  'fault; drop',
  'service(id(color: "red"))',
  `${'('.repeat(10_000)}fault${')'.repeat(10_000)}`,
])('refused: %s', (expression) => {
  expect(() => parseFilter(expression)(scope())).toThrow(expect.objectContaining({ code: 'InvalidRequestException' }));
});

test.each(['nonsense', 'constructor', '__proto__ = 1'])(
  'an unknown keyword is refused when it is used: %s',
  (expression) => {
    expect(() => parseFilter(expression)(scope())).toThrow(
      expect.objectContaining({ code: 'InvalidRequestException' }),
    );
  },
);

// Thousands of negations filled the stack once, and the spaces were looked at anew for each word before them.
test.each([
  ['negations', `${'!'.repeat(100_000)}fault`],
  ['words before spaces', `${'fault OR '.repeat(40_000)}fault${' '.repeat(400_000)}`],
])(
  'as many %s as a request holds are read in time',
  (_, expression) => {
    expect(parseFilter(expression)(scope())).toBe(true);
  },
  10_000,
);
