// A server whose delays and errors are known: what a load generator measures is judged by what this one did.
// Started by fork with a JSON plan: { delaysMs, failures: [{ every, kind }], stall?: { atMs, ms } }.
import { createServer } from 'node:http';

const { delaysMs, failures = [], stall } = JSON.parse(process.argv[2]);
/** In milliseconds of the clock that all processes of a machine share. */
const now = () => Number(process.hrtime.bigint()) / 1e6;
/** In the order of their arrival. */
const requests = [];
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
    const arrivedMs = now();
    firstMs ??= arrivedMs;
    const arrival = { arrivedMs, answeredMs: undefined, lateMs: 0 };
    const count = requests.push(arrival);
    tokens.add(request.headers.authorization);
    if (bodies.length < 5_000) bodies.push(body);
    concurrency.push([arrivedMs, ++busy]);
    const failure = failures.find(({ every }) => count % every === 0)?.kind;
    const atMs = arrivedMs - firstMs;
    const stalledMs = stall && atMs >= stall.atMs && atMs < stall.atMs + stall.ms ? stall.atMs + stall.ms - atMs : 0;
    const waitMs = delaysMs[count % delaysMs.length] + stalledMs;
    setTimeout(() => {
      arrival.lateMs = now() - arrivedMs - waitMs;
      if (answer(response, failure)) arrival.answeredMs = now();
    }, waitMs);
  });
});

const trace = JSON.stringify(['    at handler'.repeat(10_000)]);
const answers = {
  'function-error': '{"errorType":"Error","errorMessage":"it broke"}',
  // More than a generator needs to keep.
  'long-function-error': `{"errorType":"Error","errorMessage":"it broke","trace":${trace}}`,
  'long-answer': `{"said":""errorMessage"","errors":[{"errorMessage":"none"}],"trace":${trace}}`,
};

/** Whether it did. */
function answer(response, failure) {
  concurrency.push([now(), --busy]);
  if (failure === 'reset') response.socket.destroy();
  if (failure === 'reset' || failure === 'silence') return false;
  if (typeof failure === 'number') response.statusCode = failure;
  response.setHeader('content-type', 'application/json');
  response.end(answers[failure] ?? '{"said":"errorMessage"}');
  return true;
}

server.listen(0, '127.0.0.1', () => process.send({ port: server.address().port }));
process.on('message', () => process.send({ requests, concurrency, tokens: [...tokens], bodies }));
