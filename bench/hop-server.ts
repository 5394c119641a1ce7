import { fork } from 'node:child_process';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';

/*
 * The least that running a function can cost: a server that hands each request to a forked process and back, without
 * a gateway, an authorizer, limits or logs.
 */

interface Hop {
  id: number;
  body: string;
}

const inFunction = process.argv[2] === 'function';
if (inFunction) {
  process.on('message', ({ id, body }: Hop) => process.send?.({ id, body: JSON.stringify(JSON.parse(body).payload) }));
} else {
  const child = fork(fileURLToPath(import.meta.url), ['function'], { execArgv: process.execArgv });
  const waiting = new Map<number, ServerResponse>();
  let last = 0;
  child.on('message', ({ id, body }: Hop) => {
    const headers = { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(body) };
    waiting.get(id)?.writeHead(200, headers).end(body);
    waiting.delete(id);
  });
  const server = createServer(async (request, response) => {
    last += 1;
    const id = last;
    waiting.set(id, response);
    child.send({ id, body: await text(request) });
  });
  server.listen(0, '127.0.0.1', () => {
    process.send?.(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
  });
  process.once('disconnect', () => process.exit());
}
