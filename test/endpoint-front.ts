import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { TestEngine } from './start-engine.ts';

/** Answers a request itself, or says which path of the engine's is to answer it; undefined: the one that was asked for. */
export type Front = (incoming: IncomingMessage, outgoing: ServerResponse) => { path: string } | 'answered' | undefined;

/** Another AWS-compatible server: the engine, behind a front that answers otherwise where it is to. */
export async function startFront(engine: TestEngine, front: Front, hostname = '127.0.0.1') {
  const server = createServer((incoming, outgoing) => {
    const answer = front(incoming, outgoing);
    if (answer === 'answered') return;
    const { hostname, port, host } = new URL(engine.endpoint);
    const headers = answer ? { ...incoming.headers, host } : incoming.headers;
    const path = answer?.path ?? incoming.url;
    const onward = request({ hostname, port, method: incoming.method, path, headers }, (response) => {
      outgoing.writeHead(response.statusCode ?? 500, response.rawHeaders);
      response.pipe(outgoing);
    });
    incoming.pipe(onward);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    endpoint: `http://${hostname}:${(server.address() as AddressInfo).port}`,
    stop: () => new Promise((resolve) => server.close(resolve).closeAllConnections()),
  };
}

/** As an emulator whose S3 takes every address that nothing else takes. */
export function fallBackToS3(incoming: IncomingMessage, outgoing: ServerResponse): 'answered' | undefined {
  // Control planes are signed, or have a target; what is neither is for somebody else.
  if (incoming.headers['x-amz-target'] !== undefined || incoming.headers.authorization?.startsWith('AWS4-')) {
    return undefined;
  }
  if (incoming.method === 'POST') {
    outgoing.writeHead(500, { 'content-type': 'text/html; charset=utf-8' });
    outgoing.end('<!doctype html><html lang=en><title>500 Internal Server Error</title>');
  } else {
    outgoing.writeHead(404, { 'content-type': 'application/xml', 'x-amzn-requestid': 'r1' });
    outgoing.end('<?xml version="1.0"?><Error><Code>NoSuchBucket</Code></Error>');
  }
  return 'answered';
}
