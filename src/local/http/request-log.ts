import type { PlainResponse } from './messages.ts';

/** One request that reached the engine, for `dynops local requests` and `dynops dev`. */
export interface RequestEntry {
  /** Counts up from 1. */
  id: number;
  /** When it came, in milliseconds since the epoch. */
  atMs: number;
  ms: number;
  /** `api`: a deployed API. `aws`: an AWS API call. `page`: the hosted pages, key sets and the engine's own. */
  kind: 'api' | 'aws' | 'page';
  method: string;
  /** For `api` what follows the stage. */
  path: string;
  status: number;
  /** Of an AWS API call. */
  operation?: string | undefined;
  requestBody: Buffer;
  responseBody: Buffer;
}

export interface RequestLog {
  add(entry: Omit<RequestEntry, 'id' | 'responseBody'> & { answer: PlainResponse }): void;
  /** Those after this id, oldest first. */
  after(id: number): RequestEntry[];
}

/** The last so many requests, with so much of their bodies: some megabytes at most. */
const mostEntries = 1_000;
const mostBodyBytes = 4_096;

export function createRequestLog(): RequestLog {
  const entries: RequestEntry[] = [];
  let lastId = 0;
  return {
    add({ atMs, ms, kind, method, path, status, operation, requestBody, answer }) {
      lastId += 1;
      const responseBody =
        typeof answer.body === 'string' ? Buffer.from(answer.body.slice(0, mostBodyBytes)) : answer.body;
      entries.push({
        id: lastId,
        atMs,
        ms,
        kind,
        method,
        path,
        status,
        operation,
        requestBody: head(requestBody),
        responseBody: head(responseBody),
      });
      // In one move for many, since each move costs the length of the list.
      if (entries.length >= 2 * mostEntries) entries.splice(0, entries.length - mostEntries);
    },
    after: (id) => entries.filter((entry) => entry.id > id).slice(-mostEntries),
  };
}

/** A copy where it is cut, so that a small part does not keep a large body in memory. */
const head = (body: Buffer) => (body.length <= mostBodyBytes ? body : Buffer.from(body.subarray(0, mostBodyBytes)));

/** `GET /_dynops/requests?after=ID&bodies=1`. */
export function requestLogAnswer(log: RequestLog, query: string): object {
  const asked = new URLSearchParams(query);
  const entries = log.after(Number(asked.get('after') ?? 0) || 0).map(({ requestBody, responseBody, ...entry }) => ({
    ...(entry.kind === 'aws' && { operation: /^(?:.*&)?Action=(\w+)/s.exec(requestBody.toString())?.[1] }),
    ...entry,
    path: masked(entry.path),
    ...(asked.has('bodies') && { request: masked(requestBody.toString()), response: masked(responseBody.toString()) }),
  }));
  return { entries };
}

const secretName =
  '[\\w.:-]*(?:password|secret|token|credential|session|signature|authorization|code|assertion)[\\w.:-]*';
const inJson = new RegExp(`("${secretName}"\\s*:\\s*)"(?:[^"\\\\]|\\\\.)*"?`, 'gi');
const inForm = new RegExp(`((?:^|[?&])${secretName}=)[^&\\s]*`, 'gi');
/** A function's environment: what a value is called there says nothing of whether it is secret. */
const variables = /("Variables"\s*:\s*\{)[^}]*/g;
const asToken = /\beyJ[\w-]+\.[\w-]+\.[\w-]*/g;

/** Passwords, tokens, codes and signatures are not shown, in JSON and in forms; nor is anything that looks like a JWT. */
export function masked(text: string): string {
  return text
    .replace(variables, '$1"***":"***"')
    .replace(inJson, '$1"***"')
    .replace(inForm, '$1***')
    .replace(asToken, '***');
}
