import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createResponseReader, type LoadResponse } from '../../../src/measure/load/response-reader.ts';

/** Feeds the text in the given pieces, each in the memory of the one before; what the reader answered, and the end of the connection after it. */
function read(text: string, cuts: number[] = []): (Omit<LoadResponse, 'body'> & { body: string }) | undefined {
  const bytes = Buffer.from(text, 'latin1');
  const reader = createResponseReader();
  const edges = [0, ...cuts.filter((cut) => cut > 0 && cut < bytes.length).sort((a, b) => a - b), bytes.length];
  let found: LoadResponse | undefined;
  for (const [index, edge] of edges.slice(1).entries()) {
    const piece = Buffer.from(bytes.subarray(edges[index], edge));
    found ??= reader.push(piece);
    if (!found) piece.fill('~');
  }
  found ??= reader.end();
  return found && { ...found, body: found.body.toString('latin1') };
}

const responses: [name: string, text: string, expected: object | undefined][] = [
  ['a length', 'HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello', { status: 200, body: 'hello', closes: false }],
  ['no body', 'HTTP/1.1 204 No Content\r\n\r\n', { status: 204, body: '' }],
  ['not modified, with a length', 'HTTP/1.1 304 x\r\nContent-Length: 10\r\n\r\n', { status: 304, body: '' }],
  ['an empty reason', 'HTTP/1.1 429 \r\ncontent-length:0\r\n\r\n', { status: 429, body: '' }],
  ['no reason', 'HTTP/1.0 500\r\ncontent-length: 2 \r\n\r\nno', { status: 500, body: 'no', closes: true }],
  [
    'HTTP/1.0 that keeps the connection',
    'HTTP/1.0 200 OK\r\nConnection: Keep-Alive\r\nContent-Length: 2\r\n\r\nok',
    { body: 'ok', closes: false },
  ],
  [
    'chunks, an extension, a trailer',
    'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5;x=1\r\nhello\r\nA\r\n, 10 bytes\r\n0\r\nX-T: 1\r\n\r\n',
    { status: 200, body: 'hello, 10 bytes', bodyBytes: 15 },
  ],
  ['until the end', 'HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nall of it', { body: 'all of it', closes: true }],
  [
    'after an interim response',
    'HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 201 OK\r\nContent-Length: 1\r\n\r\nx',
    { status: 201 },
  ],
  ['an unfinished body', 'HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhell', undefined],
  ['an unfinished head', 'HTTP/1.1 200 OK\r\nContent-Le', undefined],
  ['an unfinished chunk', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhel', undefined],
];

test.each(responses)('%s', (_name, text, expected) => {
  if (expected) expect(read(text)).toMatchObject(expected);
  else expect(read(text)).toBeUndefined();
});

test('however the bytes are cut, the response is the same', () => {
  const bytes = fc.integer({ min: 0, max: 300 });
  fc.assert(
    fc.property(fc.constantFrom(...responses), fc.array(bytes, { maxLength: 20 }), ([, text], cuts) => {
      expect(read(text, cuts)).toEqual(read(text));
    }),
    { numRuns: 500 },
  );
});

test.each([
  ['nothing like HTTP', 'hello there\r\n\r\n'],
  ['another version', 'HTTP/2 200\r\n\r\n'],
  ['no status', 'HTTP/1.1 OK\r\n\r\n'],
  ['a chunk without a size', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n'],
  ['an endless head', `HTTP/1.1 200 OK\r\nX: ${'x'.repeat(100_000)}`],
  ['an endless chunk line', `HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n${'1'.repeat(100_000)}`],
])('refused: %s', (_name, text) => {
  expect(() => read(text)).toThrow(expect.objectContaining({ name: 'ProtocolError' }));
});

test('a long body is counted whole and kept in part', () => {
  const response = read(
    `HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n${'x'.repeat(1_000_000)}`,
    [100_000, 500_000],
  );
  expect(response).toMatchObject({ bodyBytes: 1_000_000 });
  expect(response?.body.length).toBe(65_536);
});

test.each([
  ['after a length', 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok'],
  ['after chunks', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n'],
])('more than the response: the connection is of no more use, %s', (_name, text) => {
  expect(read(`${text}HTTP/1.1 500 x\r\nContent-Length: 0\r\n\r\n`)).toMatchObject({ body: 'ok', closes: true });
});

test('one response after another on the same connection', () => {
  const reader = createResponseReader();
  for (const body of ['a', 'bb', '']) {
    const found = reader.push(Buffer.from(`HTTP/1.1 200 OK\r\nContent-Length: ${body.length}\r\n\r\n${body}`));
    expect(found?.body.toString()).toBe(body);
  }
});
