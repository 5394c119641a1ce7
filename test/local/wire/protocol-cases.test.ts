import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { PlainResponse } from '../../../src/local/http/messages.ts';
import { readJson, writeJson } from '../../../src/local/wire/json-shapes.ts';
import { readForm, writeResponse } from '../../../src/local/wire/query.ts';
import { matchRoute, parseRoute, readRestInput, writeRestOutput } from '../../../src/local/wire/rest.ts';
import { readableXml, type ShapeModel, schemaOf, sdkValue } from './protocol-shapes.ts';

/**
 * botocore's protocol cases (boto/botocore at 0e6e240, Apache License 2.0): what a client sends is read as it meant it, and what is
 * written is read as it is meant. The files lie beside the checkout, or nowhere; then nothing of it is tested.
 */
const folder = new URL('../../../../shared/protocol-tests/', import.meta.url);

interface Suite {
  metadata: { protocol: 'json' | 'query' | 'rest-json' };
  shapes: Record<string, ShapeModel>;
  cases: Case[];
}

interface Case {
  id: string;
  given: {
    name: string;
    http?: { method: string; requestUri: string; responseCode?: number };
    input?: { shape: string; locationName?: string };
    output?: { shape: string; resultWrapper?: string };
  };
  params?: Record<string, unknown>;
  serialized?: { method: string; uri: string; body?: string; headers?: Record<string, string> };
  result?: Record<string, unknown>;
  error?: object;
  response?: { status_code: number; headers?: Record<string, string>; body?: string };
}

/** Cases that are no business of a server that speaks for these services, by their ids. */
const inapplicable: [RegExp, string][] = [
  [/Endpoint|HostPrefix|HostWithPath/, 'the host is chosen by the client'],
  [/Compression|Encoding|Gzip/, 'no operation of these services compresses requests'],
  [
    /IdempotencyToken|TokenAutoFill|QueryParamsStringListMap|QueryPrecedence|EmptyQueryMaps|NullAndEmptyHeaders|OmitsEmptyList/,
    "it is the client's choice what it sends",
  ],
  [/Checksum/, 'no operation of these services has checksums'],
  [
    /Default(s|Value|Nested)|ClientOptional|ClientPopulates|ServerPopulates/i,
    'defaults are filled in by who knows the model',
  ],
  [/Document/, 'no operation of these services has members of any shape'],
  [/EventStream/, 'event streams are not served'],
  [/NaN|Infinity/, 'no number of these services may be one that JSON has not'],
  [/PrefixHeader|PrefixEmptyHeader/, 'no operation of these services has headers of any name'],
  [/MediaTypeHeader|QuotedStringHeaders|TimestampHeaders/, 'no operation served has lists, times or JSON in headers'],
  [/HttpResponseCode/, 'the status is a member of its own, which no answer read here carries'],
  [/HeadersButNoPayload|EmptyStructurePayload|IgnoreQueryParamsIn/, 'an empty document stands for none, either way'],
];

const reasonNot = ({ id }: Case) => inapplicable.find(([ids]) => ids.test(id))?.[1];

const protocols = ['json', 'json_1_0', 'query', 'rest-json'];
const suitesOf = (direction: string, protocol: string): Suite[] => {
  const file = new URL(`${direction}/${protocol}.json`, folder);
  // The file is botocore's, in its own format.
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Suite[]) : [];
};

const table = (direction: string) =>
  protocols.flatMap((protocol) =>
    suitesOf(direction, protocol).flatMap((suite) =>
      suite.cases.map((each) => ({ name: `${protocol} ${each.id}`, protocol, suite, each })),
    ),
  );

function read(suite: Suite, { given, serialized }: Case): unknown {
  const schema = schemaOf(suite.shapes, given.input?.shape);
  const { method = 'POST', uri = '/', body = '', headers = {} } = serialized ?? {};
  const [path = '/', query = ''] = uri.split('?');
  const lowered = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
  switch (suite.metadata.protocol) {
    case 'query':
      return readForm(schema, new URLSearchParams(body));
    case 'json':
      return readJson(schema, body === '' ? {} : JSON.parse(body)) ?? {};
    case 'rest-json': {
      const { http } = given;
      const route = parseRoute(given.name, [
        http?.method ?? method,
        http?.requestUri ?? path,
        http?.responseCode ?? 200,
      ]);
      const found = matchRoute([route], { method, path, query: new URLSearchParams(query) });
      if (!found) throw new Error(`${method} ${uri} is not ${http?.requestUri}`);
      const request = { labels: found.labels, query: new URLSearchParams(query), headers: lowered };
      return readRestInput(schema, { ...request, body: Buffer.from(body) });
    }
  }
}

function write(suite: Suite, { given, result = {} }: Case): Pick<PlainResponse, 'status' | 'headers' | 'body'> {
  const schema = schemaOf(suite.shapes, given.output?.shape);
  const output = sdkValue(schema, result) as Record<string, unknown>;
  switch (suite.metadata.protocol) {
    case 'query': {
      const options = { operation: given.name, xmlNamespace: '', requestId: 'r', schema, output };
      return { status: 200, headers: [], body: writeResponse(options) };
    }
    case 'json':
      return { status: 200, headers: [], body: JSON.stringify(writeJson(schema, output) ?? {}) };
    case 'rest-json':
      return writeRestOutput(schema, output, given.http?.responseCode ?? 200);
  }
}

const missing = table('input').length === 0;

describe.skipIf(missing)(
  missing ? 'protocol cases: skipped, they are not beside this checkout' : 'protocol cases',
  () => {
    const inputs = table('input');
    const outputs = table('output').filter(({ each }) => each.error === undefined);

    it.each(inputs.filter(({ each }) => !reasonNot(each)))(
      'a request is read as it is meant: $name',
      ({ suite, each }) => {
        const schema = schemaOf(suite.shapes, each.given.input?.shape);
        expect(read(suite, each)).toEqual(sdkValue(schema, each.params ?? {}));
      },
    );

    it.each(outputs.filter(({ each }) => !reasonNot(each)))(
      'an answer is read as it is meant: $name',
      ({ suite, each }) => {
        const schema = schemaOf(suite.shapes, each.given.output?.shape);
        const { status, headers, body } = write(suite, each);
        if (each.id.includes('WithNoBlobBody')) expect(body).toHaveLength(0);
        const expected = sdkValue(schema, each.result ?? {});
        if (suite.metadata.protocol === 'query') {
          expect(readableXml(schema, String(body), each.given.name)).toEqual(expected);
        } else {
          const request = {
            labels: {},
            query: new URLSearchParams(),
            headers: Object.fromEntries(headers.map(([name, value]) => [name.toLowerCase(), value])),
            body: Buffer.from(body),
          };
          const members =
            suite.metadata.protocol === 'json'
              ? readJson(schema, JSON.parse(String(body)))
              : readRestInput(schema, request);
          expect(members).toEqual(expected);
          expect(status).toBe(each.response?.status_code ?? 200);
        }
      },
    );

    it.each(
      [...inputs, ...outputs].filter(({ each }) => reasonNot(each)).map(({ name, each }) => [name, reasonNot(each)]),
    )('%s does not apply: %s', () => undefined);
  },
);
