import { type Connection, createConnection, type Outcome, type Settled } from './connection.ts';
import type { Recorder } from './figures.ts';

/** A request to send: which one of the scenario, and its body. */
export interface NextRequest {
  index: number;
  body: string;
  /** The body is the same each time. */
  isFixed: boolean;
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
}): Sender {
  const { url, recorder, token, timeoutMs } = options;
  const connections = new Set<Connection>();
  let [abandoned, opened, openedMs] = [0, 0, 0];

  const start = [
    `POST ${url.pathname}${url.search} HTTP/1.1`,
    `Host: ${url.host}`,
    'Content-Type: application/json',
    'Accept: */*',
    `User-Agent: ${options.userAgent}`,
  ].join('\r\n');
  let headToken: string | undefined;
  let head = start;
  /** By index: requests whose body never changes, ready to send until the token does. */
  let ready: Buffer[] = [];

  function bytesOf({ index, body, isFixed }: NextRequest): Buffer {
    const current = token();
    if (current !== headToken) {
      headToken = current;
      head = current === undefined ? start : `${start}\r\nAuthorization: ${current}`;
      ready = [];
    }
    const known = isFixed ? ready[index] : undefined;
    if (known) return known;
    const made = Buffer.from(`${head}\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`);
    if (isFixed) ready[index] = made;
    return made;
  }

  /** Whether a response arrived. */
  function record(index: number, outcome: Outcome, latencyMs: number): boolean {
    if ('failure' in outcome) {
      const { failure, message: sample } = outcome;
      if (failure === 'aborted') abandoned++;
      else recorder.record(index, { latencyMs: undefined, bytes: 0, failure, sample });
      return false;
    }
    const { body: sample, bodyBytes: bytes } = outcome;
    recorder.record(index, { latencyMs, bytes, failure: failureOf(outcome), sample });
    return true;
  }

  function recording(index: number, fromMs: number, ended: Ended): Settled {
    return (outcome, atMs) => ended(record(index, outcome, atMs - fromMs), atMs);
  }

  return {
    open() {
      const connection = createConnection(url, timeoutMs);
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
      const { index } = request;
      const bytes = bytesOf(request);
      const nowMs = performance.now();
      // An open connection costs no turn of the event loop.
      if (connection.isOpen(nowMs)) {
        return connection.send(bytes, nowMs, recording(index, Math.min(dueAtMs, nowMs), ended));
      }
      void connection.open().then((state) => {
        const sentAtMs = performance.now();
        const settled = recording(index, Math.min(dueAtMs, sentAtMs), ended);
        if (state === 'opened') connection.send(bytes, sentAtMs, settled);
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
