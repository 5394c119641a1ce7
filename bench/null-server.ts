import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Reads a request and answers it with a constant: what this machine and node could do at best. */
const server = createServer((request, response) => {
  request.resume();
  request.on('end', () => response.writeHead(200, { 'Content-Type': 'application/json' }).end('{"hello":"world"}'));
});
server.listen(0, '127.0.0.1', () => {
  process.send?.(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
});
