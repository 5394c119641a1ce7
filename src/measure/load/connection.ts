import { connect as connectTcp, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { createResponseReader, type LoadResponse } from './response-reader.ts';

/** A request that got no response: `timeout`, `ECONNREFUSED`, `ECONNRESET`, `ENOTFOUND`, `ProtocolError`… */
export interface TransportFailure {
  failure: string;
  message: string;
}

export type Outcome = LoadResponse | TransportFailure;

/** One keep-alive connection to one origin, for one request at a time. */
export interface Connection {
  /** A request can be sent at once. */
  isOpen(): boolean;
  /** Connects anew. */
  open(): Promise<'opened' | TransportFailure>;
  /** Sends a whole request and waits for its response. */
  send(request: string | Buffer): Promise<Outcome>;
  /** Fails the request in flight when it was sent before `sentBeforeMs` (on `performance.now()`'s clock). */
  expire(sentBeforeMs: number): void;
  close(): void;
}

/** A server may be closing a connection that has been quiet for longer; a request on it would fail for nothing. */
const maxQuietMs = 4_000;

const surplus = { failure: 'ProtocolError', message: 'The server sent what was not asked for.' };

export function createConnection(origin: URL, connectTimeoutMs: number): Connection {
  const { hostname, protocol } = origin;
  const host = hostname.replace(/^\[|\]$/g, '');
  const port = Number(origin.port) || (protocol === 'https:' ? 443 : 80);
  let socket: Socket | undefined;
  let settle: ((outcome: Outcome) => void) | undefined;
  let sentAtMs = 0;
  let usedAtMs = 0;

  function finish(outcome: Outcome): void {
    const waiting = settle;
    settle = undefined;
    usedAtMs = performance.now();
    waiting?.(outcome);
  }

  function drop(outcome: TransportFailure): void {
    socket?.destroy();
    socket = undefined;
    finish(outcome);
  }

  function listen(opened: Socket): void {
    const reader = createResponseReader();
    opened.on('data', (chunk: Buffer) => {
      // Asked for by nobody: it would be taken for the next request's answer.
      if (!settle && socket === opened) return drop(surplus);
      try {
        const response = reader.push(chunk);
        if (!response) return;
        if (response.closes) {
          opened.destroy();
          if (socket === opened) socket = undefined;
        }
        finish(response);
      } catch (error) {
        drop(failureOf(error));
      }
    });
    opened.on('error', (error) => {
      if (socket === opened) drop(failureOf(error));
    });
    opened.on('close', () => {
      if (socket !== opened) return;
      const response = reader.end();
      socket = undefined;
      finish(
        response ?? { failure: 'ECONNRESET', message: 'The connection was closed before the response had arrived.' },
      );
    });
  }

  function open(): Promise<'opened' | TransportFailure> {
    return new Promise((resolve) => {
      const opened = protocol === 'https:' ? connectTls({ host, port, servername: host }) : connectTcp({ host, port });
      opened.setNoDelay(true);
      const fail = (failure: TransportFailure) => {
        opened.destroy();
        resolve(failure);
      };
      opened.setTimeout(connectTimeoutMs, () => fail({ failure: 'timeout', message: 'Connecting took too long.' }));
      const onError = (error: Error) => fail(failureOf(error));
      opened.once('error', onError);
      opened.once(protocol === 'https:' ? 'secureConnect' : 'connect', () => {
        opened.setTimeout(0);
        listen(opened);
        opened.off('error', onError);
        socket = opened;
        usedAtMs = performance.now();
        resolve('opened');
      });
    });
  }

  return {
    isOpen: () => socket !== undefined && performance.now() - usedAtMs < maxQuietMs,
    open() {
      socket?.destroy();
      socket = undefined;
      return open();
    },
    send(request) {
      return new Promise((resolve) => {
        if (!socket) return resolve({ failure: 'ECONNRESET', message: 'The server closed the connection.' });
        settle = resolve;
        sentAtMs = performance.now();
        socket.write(request);
      });
    },
    expire(sentBeforeMs) {
      if (settle && sentAtMs < sentBeforeMs) drop({ failure: 'timeout', message: 'No response in time.' });
    },
    close() {
      socket?.destroy();
      socket = undefined;
      finish({ failure: 'aborted', message: 'The run ended.' });
    },
  };
}

function failureOf(error: unknown): TransportFailure {
  const { code, name, message } = Object.assign({ code: undefined, name: 'Error', message: '' }, describe(error));
  return { failure: typeof code === 'string' ? code : name, message: message || String(code ?? name) };
}

function describe(error: unknown): object {
  if (error instanceof AggregateError) return describe(error.errors[0]);
  return error instanceof Error ? { ...error, name: error.name, message: error.message } : { message: String(error) };
}
