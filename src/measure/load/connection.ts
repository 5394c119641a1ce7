import { connect as connectTcp, isIP, type LookupFunction, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { createResponseReader, type LoadResponse } from './response-reader.ts';

/** A request that got no response: `timeout`, `ECONNREFUSED`, `ECONNRESET`, `ENOTFOUND`, `ProtocolError`… */
export interface TransportFailure {
  failure: string;
  message: string;
}

export type Outcome = LoadResponse | TransportFailure;

/** Times are on `performance.now()`'s clock. */
export type Settled = (outcome: Outcome, atMs: number) => void;

/** How connections are made, where that is not straight. */
export interface Way {
  /** Through a proxy to the origin: a connection on which nothing has been sent. */
  tunnel?: (() => Promise<Socket>) | undefined;
  /** Whose certificates are taken, in PEM; undefined: those that Node takes. */
  ca?: string[] | undefined;
  /** How the origin's name is looked up; undefined: as Node does. */
  lookup?: LookupFunction | undefined;
}

/** One keep-alive connection to one origin, for one request at a time. */
export interface Connection {
  /** A request can be sent at once, at `nowMs`. */
  isOpen(nowMs: number): boolean;
  /** Connects anew. */
  open(): Promise<'opened' | TransportFailure>;
  /**
   * Sends a whole request. `settled` is told once how it ended, and not before this returns: a callback, as a promise for
   * each request is a good part of what one costs. A response's body is valid until `settled` returns. `isHead`: the answer
   * has no body, whatever its headers say.
   */
  send(request: string | Buffer, sentAtMs: number, settled: Settled, isHead?: boolean): void;
  /** Fails the request in flight when it was sent before `sentBeforeMs`. */
  expire(sentBeforeMs: number): void;
  close(): void;
}

/** A server may be closing a connection that has been quiet for longer; a request on it would fail for nothing. */
const maxQuietMs = 4_000;

/**
 * Where the bytes of all connections arrive, each chunk read before the next one comes: a buffer for each chunk of each
 * connection would be most of the generator's garbage.
 */
const arrived = Buffer.allocUnsafeSlow(64 * 1024);

const surplus: TransportFailure = { failure: 'ProtocolError', message: 'The server sent an unexpected response.' };

export function createConnection(origin: URL, connectTimeoutMs: number, { tunnel, ca, lookup }: Way = {}): Connection {
  const { hostname, protocol } = origin;
  const host = hostname.replace(/^\[|\]$/g, '');
  const port = Number(origin.port) || (protocol === 'https:' ? 443 : 80);
  const secrecy = { servername: isIP(host) ? '' : host, ...(ca && { ca }) };
  let socket: Socket | undefined;
  let reader = createResponseReader();
  let waiting: Settled | undefined;
  let isHeadAsked = false;
  let sentAtMs = 0;
  let usedAtMs = 0;

  function finish(outcome: Outcome): void {
    const settled = waiting;
    waiting = undefined;
    usedAtMs = performance.now();
    settled?.(outcome, usedAtMs);
  }

  function drop(outcome: TransportFailure): void {
    socket?.destroy();
    socket = undefined;
    finish(outcome);
  }

  function read(chunk: Buffer): Outcome | undefined {
    try {
      return reader.push(chunk, isHeadAsked);
    } catch (error) {
      return failureOf(error);
    }
  }

  function receive(opened: Socket, chunk: Buffer): void {
    if (socket !== opened) return;
    // Asked for by nobody: it would be taken for the next request's answer.
    const outcome = waiting ? read(chunk) : surplus;
    if (!outcome) return;
    if ('failure' in outcome || outcome.closes) {
      opened.destroy();
      socket = undefined;
    }
    finish(outcome);
  }

  function listen(opened: Socket): void {
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

  function straight(): Socket {
    const onread = {
      buffer: arrived,
      callback: (bytes: number) => {
        receive(opened, bytes === arrived.length ? arrived : arrived.subarray(0, bytes));
        return true;
      },
    };
    const address = { host, port, ...(lookup && { lookup }), ...secrecy, onread };
    const opened: Socket = protocol === 'https:' ? connectTls(address) : connectTcp(address);
    return opened;
  }

  function inside(opening: Socket): Socket {
    const opened = protocol === 'https:' ? connectTls({ socket: opening, ...secrecy }) : opening;
    return opened.on('data', (chunk) => receive(opened, chunk));
  }

  function begin(opened: Socket): Promise<'opened' | TransportFailure> {
    return new Promise((resolve) => {
      opened.setNoDelay(true);
      const fail = (failure: TransportFailure) => {
        opened.destroy();
        resolve(failure);
      };
      opened.setTimeout(connectTimeoutMs, () => fail({ failure: 'timeout', message: 'Connecting took too long.' }));
      const onError = (error: Error) => fail(failureOf(error));
      opened.once('error', onError);
      const onOpen = () => {
        opened.setTimeout(0);
        listen(opened);
        opened.off('error', onError);
        reader = createResponseReader();
        socket = opened;
        usedAtMs = performance.now();
        resolve('opened');
      };
      if (protocol === 'https:') opened.once('secureConnect', onOpen);
      else if (opened.connecting) opened.once('connect', onOpen);
      else onOpen();
    });
  }

  function open(): Promise<'opened' | TransportFailure> {
    return tunnel === undefined ? begin(straight()) : tunnel().then((opening) => begin(inside(opening)), failureOf);
  }

  return {
    isOpen: (nowMs) => socket !== undefined && nowMs - usedAtMs < maxQuietMs,
    open() {
      socket?.destroy();
      socket = undefined;
      return open();
    },
    send(request, atMs, settled, isHead = false) {
      if (!socket) {
        const failure = { failure: 'ECONNRESET', message: 'The server closed the connection.' };
        return process.nextTick(settled, failure, atMs);
      }
      waiting = settled;
      isHeadAsked = isHead;
      sentAtMs = atMs;
      socket.write(request);
    },
    expire(sentBeforeMs) {
      if (waiting && sentAtMs < sentBeforeMs) drop({ failure: 'timeout', message: 'No response in time.' });
    },
    close: () => drop({ failure: 'aborted', message: 'The run ended.' }),
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
