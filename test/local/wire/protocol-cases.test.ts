import { existsSync, readFileSync } from 'node:fs';
import type { NormalizedSchema } from '@smithy/core/schema';
import { describe, expect, it } from 'vitest';
import { AwsError } from '../../../src/local/aws-error.ts';
import type { PlainResponse } from '../../../src/local/http/messages.ts';
import type { Protocol } from '../../../src/local/service.ts';
import { findCatalog, servedServices } from '../../../src/local/services.ts';
import { writeError } from '../../../src/local/wire/answers.ts';
import type { Catalog } from '../../../src/local/wire/catalog.ts';
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
  error?: Record<string, unknown>;
  errorCode?: string;
  errorMessage?: string;
  response?: { status_code: number; headers?: Record<string, string>; body?: string };
}

/** Cases that are no business of a server that speaks for these services, by their ids. The last test holds the services to it. */
const inapplicable: [RegExp, string][] = [
  [/Endpoint|HostPrefix|HostWithPath/, 'the host is chosen by the client'],
  [/Compression|ContentEncoding|Gzip/, 'no operation of these services compresses requests'],
  [/IdempotencyTokenAutoFill|QueryPrecedence/, 'what is sent is made by the client, and was not meant by its caller'],
  [/EmptyQueryMaps|NullAndEmptyHeaders|OmitsEmptyList/, 'what is empty is sent as nothing'],
  [/EmptyStructurePayload|HeadersButNoPayload/, 'nothing is sent as an empty document'],
  [/QueryParamsStringListMap/, 'no operation served takes the query as a map'],
  [/Checksum/, 'no operation of these services has checksums'],
  [/EventStream/, 'event streams are not served'],
  [/PrefixHeader|PrefixEmptyHeader/, 'no operation of these services has headers of any name'],
  [
    /MediaTypeHeader|QuotedStringHeaders|TimestampHeaders/,
    'no operation of these services has lists, times or JSON in headers',
  ],
  [/QueryComplexError/, 'no error of IAM and STS has more than a message'],
];

/** A number that JSON has not is within no limit, so it is refused; there is none to be answered. */
const isEndless = ({ id }: Case) => /NaN|Infinity/.test(id);

const reasonNot = ({ id }: Case) => inapplicable.find(([ids]) => ids.test(id))?.[1];
const isRun = ({ each }: { each: Case }) => reasonNot(each) === undefined && !isEndless(each);

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

const membersOf = (schema: NormalizedSchema) => (schema.isStructSchema() ? [...schema.structIterator()] : []);

const errorProtocols: Record<string, Protocol> = {
  json: 'json-1.1',
  json_1_0: 'json-1.0',
  query: 'query',
  'rest-json': 'rest-json',
};

/** An answer's members as a client reads them: the status may be one, and what is sent in the path is none. */
function answerMembers(
  suite: Suite,
  schema: NormalizedSchema,
  { status, request }: { status: number; request: Parameters<typeof readRestInput>[1] },
): unknown {
  if (suite.metadata.protocol === 'json') return readJson(schema, JSON.parse(String(request.body)));
  const members = readRestInput(schema, request);
  for (const [name, member] of membersOf(schema)) {
    const { httpResponseCode, httpLabel } = member.getMergedTraits();
    if (httpResponseCode) members[name] = status;
    if (httpLabel) delete members[name];
  }
  return members;
}

const missing = table('input').length === 0;

describe.skipIf(missing)(
  missing ? 'protocol cases: skipped, they are not beside this checkout' : 'protocol cases',
  () => {
    const inputs = table('input');
    const answers = table('output');
    const outputs = answers.filter(({ each }) => !each.error);
    const errors = answers.filter(({ each }) => each.error);

    it.each(inputs.filter(isRun))('a request is read as it is meant: $name', ({ suite, each }) => {
      const schema = schemaOf(suite.shapes, each.given.input?.shape);
      expect(read(suite, each)).toEqual(sdkValue(schema, each.params ?? {}));
    });

    it.each(outputs.filter(isRun))('an answer is read as it is meant: $name', ({ suite, each }) => {
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
        const members = answerMembers(suite, schema, { status, request });
        expect(members).toEqual(expected);
        expect(status).toBe(each.response?.status_code ?? 200);
      }
    });

    it.each(errors.filter(isRun))('an error is read as it is meant: $name', ({ protocol, suite, each }) => {
      const { errorCode = '', errorMessage = '', error = {} } = each;
      const [name, model] = Object.entries(suite.shapes).find(
        ([shape, { error: of }]) => of && (of.code ?? shape) === errorCode,
      ) ?? [errorCode, undefined];
      const schema = schemaOf(suite.shapes, name);
      const status = model?.error?.httpStatusCode ?? each.response?.status_code ?? 400;
      const errorShape = { wireCode: errorCode, status, senderFault: status < 500, schema };
      const { Message: _message, ...members } = error;
      const written = writeError({
        protocol: errorProtocols[protocol] ?? 'query',
        // What writing an error reads of a catalog.
        catalog: { service: {}, errors: new Map([[name, errorShape]]) } as unknown as Catalog,
        error: new AwsError(name, errorMessage ?? '', { members, statusCode: status }),
        requestId: 'r',
      });
      expect(written.status).toBe(each.response?.status_code);
      const headers = Object.fromEntries(written.headers.map(([header, value]) => [header.toLowerCase(), value]));
      const body = String(written.body);
      if (protocol === 'query') {
        expect(/<Code>(.*?)<\/Code>/.exec(body)?.[1]).toBe(errorCode);
        expect(/<Message>(.*?)<\/Message>/.exec(body)?.[1]).toBe(errorMessage ?? '');
        return;
      }
      const type = headers['x-amzn-errortype'] ?? (JSON.parse(body) as { __type?: string }).__type ?? '';
      expect(type.split('#').at(-1)).toBe(errorCode);
      const read = readRestInput(schema, {
        labels: {},
        query: new URLSearchParams(),
        headers,
        body: Buffer.from(body),
      });
      expect(read).toEqual(sdkValue(schema, error));
    });

    it.each([...inputs, ...outputs].filter(({ each }) => isEndless(each)))(
      'a number without an end is refused: $name',
      ({ suite, each }) => {
        if (each.serialized) expect(() => read(suite, each)).toThrow(AwsError);
        else expect(JSON.stringify(each.result)).toMatch(/NaN|Infinity/);
      },
    );

    it.each(
      answers
        .concat(inputs)
        .filter(({ each }) => reasonNot(each))
        .map(({ name, each }) => [name, reasonNot(each)]),
    )('%s does not apply: %s', () => undefined);
  },
);

it('no service has what the cases do not apply for', async () => {
  const found: string[] = [];
  for (const name of servedServices) {
    const catalog = await findCatalog(undefined, name);
    for (const [operation, { input, output }] of catalog?.operations ?? []) {
      for (const [member, schema] of [...membersOf(input), ...membersOf(output)]) {
        const { httpHeader, httpPrefixHeaders, httpQueryParams, eventStream, mediaType } = schema.getMergedTraits();
        const isListed = httpHeader && (schema.isListSchema() || schema.isTimestampSchema() || mediaType);
        if (isListed || httpPrefixHeaders || httpQueryParams || eventStream) found.push(`${operation}.${member}`);
      }
    }
    for (const [code, { schema }] of catalog?.service.protocol === 'query' ? catalog.errors : []) {
      const names = membersOf(schema).map(([member]) => member);
      if (names.some((member) => member.toLowerCase() !== 'message')) found.push(`${code}: ${names.join()}`);
    }
  }
  expect(found).toEqual([]);
});
