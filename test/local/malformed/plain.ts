import { Agent, request } from 'node:http';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { mutate, type WireRequest } from './mutate.ts';
import { note, type Send, type Tally } from './send.ts';
import { pick, type Random, strangeBodies, strangeHeaders, strangeJson, strangeSegments } from './values.ts';

/** Unsigned requests over plain HTTP, as callers of the API and browsers send them. */
export interface PlainTarget {
  /** A valid request to begin with. */
  request: WireRequest;
  url: URL;
}

/** Requests made of valid ones, each wrong in one to three ways. */
export function plainRequests(options: {
  targets: readonly PlainTarget[];
  count: number;
  random: Random;
  send: Send;
}): { requests: (() => Promise<void>)[]; close(): void } {
  const { targets, count, random, send } = options;
  const agent = new Agent({ keepAlive: true, maxSockets: 32 });
  const requests = Array.from({ length: count }, () => {
    const { request: valid, url } = pick(random, targets);
    const wrong: WireRequest = { ...valid, headers: { ...valid.headers }, query: { ...valid.query } };
    mutate(wrong, random);
    return () => send(wrong, () => sendPlain(agent, url, wrong)).then(ignore, ignore);
  });
  return { requests, close: () => agent.destroy() };
}

const ignore = () => undefined;

function sendPlain(
  agent: Agent,
  url: URL,
  wrong: WireRequest,
): Promise<{ response: { statusCode: number; text: string } }> {
  const { method, headers, body } = wrong;
  const query = Object.entries(wrong.query).flatMap(([name, value]) => [value].flat().map((one) => `${name}=${one}`));
  const path = query.length > 0 ? `${wrong.path}?${query.join('&').replaceAll(/[^!-~]/g, '+')}` : wrong.path;
  return new Promise((resolve, reject) => {
    const sent = request({ agent, host: url.hostname, port: url.port, method, path, headers }, (answer) => {
      text(answer).then((body) => resolve({ response: { statusCode: answer.statusCode ?? 0, text: body } }), reject);
    });
    sent.on('error', reject);
    sent.end(body);
  });
}

/** Requests that no HTTP library would send: bytes on a connection, cut off or not. */
export function rawRequests(options: {
  url: URL;
  paths: readonly string[];
  count: number;
  random: Random;
  tally: Tally;
}) {
  const { url, paths, count, random, tally } = options;
  return Array.from({ length: count }, () => {
    const bytes = rawBytes(url.host, pick(random, paths), random);
    const leaves = random(3) === 0;
    return () => exchange(url, bytes, { leaves, tally });
  });
}

function rawBytes(host: string, path: string, random: Random): Buffer {
  const line = pick(random, [
    `POST ${path} HTTP/1.1`,
    `POST ${path} HTTP/1.0`,
    `POST ${path} HTTP/9.9`,
    `POST ${path}`,
    `POST http://elsewhere.example${path} HTTP/1.1`,
    `GET ${path}\u0000 HTTP/1.1`,
    `${'A'.repeat(5_000)} ${path} HTTP/1.1`,
    `POST ${path}${'/a'.repeat(20_000)} HTTP/1.1`,
    `CONNECT ${host} HTTP/1.1`,
    `PRI * HTTP/2.0`,
    ` POST ${path} HTTP/1.1`,
  ]);
  const headers = pick(random, [
    [`Host: ${host}`],
    [],
    [`Host: ${host}`, `Host: elsewhere.example`],
    [`Host: ${host}`, 'Content-Length: 5', 'Content-Length: 6'],
    [`Host: ${host}`, 'Content-Length: -1'],
    [`Host: ${host}`, 'Content-Length: 99999999999999999999'],
    [`Host: ${host}`, 'Content-Length: 3', 'Transfer-Encoding: chunked'],
    [`Host: ${host}`, 'Transfer-Encoding: chunked'],
    [`Host: ${host}`, 'Transfer-Encoding: gzip, chunked'],
    [`Host: ${host}`, 'Content-Length: 1000'],
    [`Host: ${host}`, 'X: a\r\n b'],
    [`Host: ${host}`, ': nameless'],
    [`Host: ${host}`, `Long: ${'x'.repeat(70_000)}`],
    [`Host: ${host}`, ...Array.from({ length: 3_000 }, (_one, index) => `H${index}: x`)],
    [`Host: ${host}`, 'Authorization: \u0001\u0002'],
    [`Host: ${host}`, ...pick(random, [strangeHeaders]).map(([name, value]) => `${name}: ${value}`)],
  ]);
  const body = pick(random, [
    'hello',
    '5\r\nhello\r\n0\r\n\r\n',
    '5\r\nhel',
    'zz\r\nhello\r\n',
    'ffffffffffffffff\r\nx',
    '5;ext="\r\nhello\r\n0\r\n\r\n',
    '0\r\nTrailer: x\r\n\r\nGET / HTTP/1.1\r\n\r\n',
    pick(random, strangeJson),
    pick(random, strangeBodies),
    pick(random, strangeSegments),
  ]);
  const bytes = Buffer.concat([Buffer.from(`${[line, ...headers].join('\r\n')}\r\n\r\n`, 'latin1'), Buffer.from(body)]);
  return random(4) === 0 ? bytes.subarray(0, random(bytes.length)) : bytes;
}

/** Writes, then waits for an answer or the end; who leaves hangs up at once. */
function exchange(url: URL, bytes: Buffer, { leaves, tally }: { leaves: boolean; tally: Tally }): Promise<void> {
  return new Promise((resolve) => {
    let status: number | undefined;
    const socket = connect(Number(url.port), url.hostname, () => {
      socket.write(bytes);
      if (leaves) socket.destroy();
      // What is cut off is never answered: the other side hears that nothing more will come.
      else socket.end();
    });
    socket.setTimeout(30_000, () => {
      tally.faults.push(`no answer and no end to ${JSON.stringify(bytes.toString('latin1').slice(0, 300))}`);
      socket.destroy();
    });
    socket.on('data', (data: Buffer) => {
      status ??= Number(/^HTTP\/1\.1 (\d{3})/.exec(data.toString('latin1'))?.[1] ?? 0);
    });
    socket.on('error', () => undefined);
    socket.on('close', () => {
      const request = { method: 'RAW', path: bytes.toString('latin1'), query: {}, headers: {}, body: undefined };
      if (status === undefined) tally.closed += 1;
      else note(tally, request, { statusCode: status });
      resolve();
    });
  });
}
