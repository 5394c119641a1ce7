// A server whose delays and errors are known: what a load generator measures is judged by what this one did.
// Started by fork with a JSON plan: { delaysMs, failures: [{ every, kind }], stall?: { atMs, ms } }.
import { createServer } from 'node:http';

const { delaysMs, failures = [], stall } = JSON.parse(process.argv[2]);
/** Actual milliseconds from a request's arrival to the end of its answer. */
const tookMs = [];
/** When requests arrived, from the first on. */
const arrivedMs = [];
const tokens = new Set();
const bodies = [];
let firstMs;
let busy = 0;
/** [at, requests being served], for each change. */
const concurrency = [];

const server = createServer((request, response) => {
  let body = '';
  request.on('data', (chunk) => {
    body += chunk;
  });
  request.on('end', () => {
    const beganMs = performance.now();
    firstMs ??= beganMs;
    const count = arrivedMs.push(beganMs - firstMs);
    tokens.add(request.headers.authorization);
    if (bodies.length < 5_000) bodies.push(body);
    concurrency.push([beganMs - firstMs, ++busy]);
    const failure = failures.find(({ every }) => count % every === 0)?.kind;
    const stalledMs =
      stall && beganMs - firstMs >= stall.atMs && beganMs - firstMs < stall.atMs + stall.ms
        ? stall.atMs + stall.ms - (beganMs - firstMs)
        : 0;
    setTimeout(() => answer(response, { failure, beganMs }), delaysMs[count % delaysMs.length] + stalledMs);
  });
});

function answer(response, { failure, beganMs }) {
  concurrency.push([performance.now() - firstMs, --busy]);
  if (failure === 'reset') return response.socket.destroy();
  if (failure === 'silence') return undefined;
  if (failure !== 'function-error' && failure !== undefined) response.statusCode = failure;
  response.setHeader('content-type', 'application/json');
  response.end(
    failure === 'function-error' ? '{"errorType":"Error","errorMessage":"it broke"}' : '{"said":"errorMessage"}',
  );
  return tookMs.push(performance.now() - beganMs);
}

server.listen(0, '127.0.0.1', () => process.send({ port: server.address().port }));
process.on('message', () => process.send({ tookMs, arrivedMs, concurrency, tokens: [...tokens], bodies }));
