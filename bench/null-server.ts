import cluster from 'node:cluster';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Reads a request and answers it with a constant: what this machine and node could do at best. */
const server = createServer((request, response) => {
  request.resume();
  request.on('end', () => response.writeHead(200, { 'Content-Type': 'application/json' }).end('{"hello":"world"}'));
});
const processes = Number(process.argv[2]);
if (cluster.isPrimary && processes > 1) {
  let listening = 0;
  cluster.on('listening', (_worker, { port }) => {
    listening += 1;
    if (listening === processes) process.send?.(`http://127.0.0.1:${port}/`);
  });
  for (let count = 0; count < processes; count += 1) cluster.fork();
} else {
  server.listen(0, '127.0.0.1', () => {
    if (cluster.isPrimary) process.send?.(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
  });
}
