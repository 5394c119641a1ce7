import type { PlainResponse } from './messages.ts';

/** One request that reached the engine, for `dynops local requests` and `dynops dev`. */
export interface RequestEntry {
  /** Counts up. */
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

/** The last so many requests, with so much of their paths and bodies: some megabytes at most. */
const mostEntries = 1_000;
const mostBytes = 4_096;
const blockBytes = 64 * 1024;
/** The most that a UTF-16 code unit takes in UTF-8. */
const maxBytesPerUnit = 3;

/** Entries one after the other: a line of JSON, then the two bodies. */
interface Block {
  bytes: Buffer;
  ids: number[];
  /** Where each entry ends. */
  ends: number[];
}

type Head = Omit<RequestEntry, 'id' | 'requestBody' | 'responseBody'> & { requestBytes: number };

/**
 * Keeps them as bytes, outside of V8's heap: as objects, thousands a second would outlive two collections of the young objects, and a full
 * collection would have to find them.
 */
export function createRequestLog(): RequestLog {
  const blocks: Block[] = [];
  let count = 0;
  let lastId = 0;

  function blockFor(bytes: number): Block {
    const last = blocks.at(-1);
    if (last && endOf(last) + bytes <= last.bytes.length) return last;
    while (blocks[0] && count - blocks[0].ids.length >= mostEntries) count -= blocks.shift()?.ids.length ?? 0;
    const made = { bytes: Buffer.allocUnsafeSlow(Math.max(blockBytes, bytes)), ids: [], ends: [] };
    blocks.push(made);
    return made;
  }

  return {
    add({ atMs, ms, kind, method, path, status, operation, requestBody, answer }) {
      // Times as ids, as the inbox has: who follows goes on after a restart of the engine.
      lastId = Math.max(atMs, lastId + 1);
      const requestBytes = Math.min(requestBody.length, mostBytes);
      const own: Head = {
        atMs,
        ms,
        kind,
        method,
        path: beginning(path),
        status,
        operation: operation && beginning(operation),
        requestBytes,
      };
      const head = `${JSON.stringify(own)}\n`;
      const block = blockFor(head.length * maxBytesPerUnit + 2 * mostBytes);
      let end = endOf(block);
      end += block.bytes.write(head, end);
      end += requestBody.copy(block.bytes, end, 0, requestBytes);
      const { body } = answer;
      end +=
        typeof body === 'string' ? block.bytes.write(body, end, mostBytes) : body.copy(block.bytes, end, 0, mostBytes);
      block.ids.push(lastId);
      block.ends.push(end);
      count += 1;
    },
    after: (id) => blocks.flatMap((block) => entriesOf(block, id)).slice(-mostEntries),
  };
}

const endOf = ({ ends }: Block): number => ends.at(-1) ?? 0;

function entriesOf({ bytes, ids, ends }: Block, after: number): RequestEntry[] {
  return ids.flatMap((id, index) => {
    if (id <= after) return [];
    const entry = Buffer.from(bytes.subarray(ends[index - 1] ?? 0, ends[index]));
    const headBytes = entry.indexOf('\n');
    const { requestBytes, ...head } = JSON.parse(entry.toString('utf8', 0, headBytes)) as Head;
    const bodies = entry.subarray(headBytes + 1);
    return [
      { id, ...head, requestBody: bodies.subarray(0, requestBytes), responseBody: bodies.subarray(requestBytes) },
    ];
  });
}

const beginning = (text: string) =>
  text.length <= mostBytes ? text : Buffer.from(text.slice(0, mostBytes)).toString();

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
  '[\\w.:-]{0,60}(?:password|passphrase|secret|token|credential|session|signature|authorization|cookie|api-?key|code|assertion)[\\w.:-]{0,60}';
/** In JSON, and in JSON that is a text of JSON, where the quotes are escaped. */
const named = new RegExp(`(\\\\{0,7}")(variables|${secretName})\\1\\s{0,9}:\\s{0,9}`, 'gi');
const inForm = new RegExp(`((?:^|[?&])${secretName}=)[^&\\s]*`, 'gi');
/** What begins as a JWT and is none is taken as a whole: looked at from each `eyJ` inside of it again, it would take the square of its length. */
const asToken = /\beyJ[\w-]+(\.[\w-]+\.[\w-]*)?/g;

/** Passwords, tokens, codes and signatures are not shown, in JSON and in forms; nor is anything that looks like a JWT. */
export function masked(text: string): string {
  return maskedJson(text)
    .replace(inForm, '$1***')
    .replace(asToken, (found, rest?: string) => (rest === undefined ? found : '***'));
}

function maskedJson(text: string): string {
  let shown = '';
  let at = 0;
  for (const { 0: found, 1: quote = '', 2: name = '', index } of text.matchAll(named)) {
    const from = index + found.length;
    if (index < at || !isSecret(name, text.slice(from, from + 20))) continue;
    shown += `${text.slice(at, from)}${quote}***${quote}`;
    at = valueEnd(text, from, quote);
  }
  return shown + text.slice(at);
}

/**
 * A text, a list, or a value of DynamoDB, as `{"S": "…"}`; numbers and settings of such a name are told. Of a function's environment everything:
 * what a value is called there says nothing of whether it is secret.
 */
function isSecret(name: string, value: string): boolean {
  if (/^\\*"|^\[/.test(value)) return true;
  return value.startsWith('{') && (name.toLowerCase() === 'variables' || /^\{\s*\\*"[A-Z]{1,4}\\*"/.test(value));
}

/** Where the value that begins at `from` ends, in whole or cut JSON whose quotes are written as `quote`. */
function valueEnd(text: string, from: number, quote: string): number {
  let depth = 0;
  let isInText = false;
  let escapes = 0;
  for (let at = from; at < text.length; at += 1) {
    const character = text[at];
    if (character === '\\') escapes += 1;
    else {
      // Within a text, each escape of a quote doubles those of its own quotes, and adds one.
      if (character === '"' && (!isInText || escapes % (2 * quote.length) === quote.length - 1)) isInText = !isInText;
      else if (!isInText && /[[{]/.test(character ?? '')) depth += 1;
      else if (!isInText && /[\]}]/.test(character ?? '')) depth -= 1;
      escapes = 0;
      if (depth <= 0 && !isInText && /["\]}]/.test(character ?? '')) return at + 1;
    }
  }
  return text.length;
}
