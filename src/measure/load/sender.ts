import { type Connection, createConnection, type Outcome, type Settled, type Way } from './connection.ts';
import type { Recorder } from './figures.ts';

/** A request to send: which one of the scenario, and its texts. */
export interface NextRequest {
  index: number;
  method: string;
  /** Path and query below the sender's URL; empty: that URL itself. */
  target: string;
  /** Header lines, each with its end. */
  headers: string;
  body: string | undefined;
  /** Among the headers is an Authorization of its own. */
  isAuthorized: boolean;
  /** All of it is the same each time. */
  isFixed: boolean;
  /** Is shown the body of a good answer; answers what is wrong with it. */
  take?: (body: Buffer) => string | undefined;
}

export type Ended = (answered: boolean, atMs: number) => void;

/** Sends requests to one address over connections of its own, and records how each ended. */
export interface Sender {
  open(): Connection;
  /**
   * Sends one request and records it. Its latency counts from when it was due, where that was earlier than now.
   * `ended` is told, not before this returns, whether a response arrived and when.
   */
  exchange(connection: Connection, request: NextRequest, ended: Ended, dueAtMs?: number): void;
  /** Fails what has been waiting too long. */
  expire(): void;
  /** Breaks off what is in flight. */
  abandon(): void;
  counts(): { abandoned: number; connections: { opened: number; meanMs: number } };
}

export function createSender(options: {
  url: URL;
  recorder: Recorder;
  /** The Authorization header of the next request. */
  token: () => string | undefined;
  userAgent: string;
  timeoutMs: number;
  way?: Way | undefined;
}): Sender {
  const { url, recorder, token, timeoutMs } = options;
  const connections = new Set<Connection>();
  let [abandoned, opened, openedMs] = [0, 0, 0];

  const common = `Host: ${url.host}\r\nUser-Agent: ${options.userAgent}\r\n`;
  const path = url.pathname.replace(/\/$/, '');
  const ownTarget = `${url.pathname}${url.search}`;
  let knownToken: string | undefined;
  let authorization = '';
  /** By index: requests that never change, ready to send until the token does. */
  let ready: Buffer[] = [];

  function bytesOf(request: NextRequest): Buffer {
    const { index, method, target, headers, body, isAuthorized, isFixed } = request;
    const current = token();
    if (current !== knownToken) {
      knownToken = current;
      authorization = current === undefined ? '' : `Authorization: ${current}\r\n`;
      ready = [];
    }
    const known = isFixed ? ready[index] : undefined;
    if (known) return known;
    const start = `${method} ${target === '' ? ownTarget : `${path}${target}`} HTTP/1.1\r\n`;
    // RFC 9110, 8.6: a method whose requests have bodies says that this one has none.
    const length =
      body === undefined && !mayHaveBody.has(method) ? '' : `Content-Length: ${Buffer.byteLength(body ?? '')}\r\n`;
    const made = Buffer.from(
      `${start}${common}${isAuthorized ? '' : authorization}${headers}${length}\r\n${body ?? ''}`,
    );
    if (isFixed) ready[index] = made;
    return made;
  }

  /** Whether a response arrived. */
  function record({ index, take }: NextRequest, outcome: Outcome, latencyMs: number): boolean {
    if ('failure' in outcome) {
      const { failure, message: sample } = outcome;
      if (failure === 'aborted') abandoned++;
      else recorder.record(index, { latencyMs: undefined, bytes: 0, failure, sample });
      return false;
    }
    const { body: sample, bodyBytes: bytes } = outcome;
    recorder.record(index, { latencyMs, bytes, failure: failureOf(outcome) ?? take?.(sample), sample });
    return true;
  }

  function recording(request: NextRequest, fromMs: number, ended: Ended): Settled {
    return (outcome, atMs) => ended(record(request, outcome, atMs - fromMs), atMs);
  }

  return {
    open() {
      const connection = createConnection(url, timeoutMs, options.way);
      connections.add(connection);
      return {
        ...connection,
        async open() {
          const beganMs = performance.now();
          const state = await connection.open();
          if (state === 'opened') {
            opened++;
            openedMs += performance.now() - beganMs;
          }
          return state;
        },
        close() {
          connections.delete(connection);
          connection.close();
        },
      };
    },
    exchange(connection, request, ended, dueAtMs = Number.POSITIVE_INFINITY) {
      const isHead = request.method === 'HEAD';
      const bytes = bytesOf(request);
      const nowMs = performance.now();
      // An open connection costs no turn of the event loop.
      if (connection.isOpen(nowMs)) {
        return connection.send(bytes, nowMs, recording(request, Math.min(dueAtMs, nowMs), ended), isHead);
      }
      void connection.open().then((state) => {
        const sentAtMs = performance.now();
        const settled = recording(request, Math.min(dueAtMs, sentAtMs), ended);
        if (state === 'opened') connection.send(bytes, sentAtMs, settled, isHead);
        else settled(state, sentAtMs);
      });
    },
    expire() {
      const beforeMs = performance.now() - timeoutMs;
      for (const connection of connections) connection.expire(beforeMs);
    },
    abandon() {
      for (const connection of connections) connection.close();
    },
    counts: () => ({ abandoned, connections: { opened, meanMs: opened === 0 ? 0 : openedMs / opened } }),
  };
}

const mayHaveBody: ReadonlySet<string> = new Set(['POST', 'PUT', 'PATCH']);

const errorMember = Buffer.from('"errorMessage"');

/** What counts as failed: every status but 2xx, and a 2xx whose body is a function's error. */
function failureOf({ status, body, bodyBytes }: Exclude<Outcome, { failure: string }>): string | undefined {
  if (status < 200 || status > 299) return `HTTP ${status}`;
  if (!body.includes(errorMember)) return undefined;
  const text = body.toString('utf8');
  const isError = bodyBytes > body.length ? beginsAsError(text) : hasErrorMessage(text);
  return isError ? `function error (HTTP ${status})` : undefined;
}

function hasErrorMessage(text: string): boolean {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && 'errorMessage' in value;
  } catch {
    return false; // No JSON: not the object that Lambda makes of an error.
  }
}

/** Of a body that is kept in part: Lambda's runtimes put one of these members first. */
const beginsAsError = (text: string): boolean => /^\s*\{\s*"error(?:Type|Message)"\s*:/.test(text);
