import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { errorCodes } from '../../src/error-codes.ts';
import { type FailureKind, failureKinds } from '../../src/failure-kinds.ts';
import { declaredCommands, runAll, type Seen } from './command-lines.ts';
import { documentFaults } from './documented.ts';

/* Every command brought to fail in each way that it can, to compare its exit status with the one of that kind of failure. */

/** A way to fail: where, and what the environment says. */
export interface Situation {
  kind: FailureKind;
  words: string[];
  env: Record<string, string>;
  /** In the working folder. */
  files?: Record<string, string>;
  /** AWS's request id, which the failure has to name. */
  requestId?: string;
  /** Commands that are not concerned by it. */
  except: RegExp;
}

/** Act on no AWS account or endpoint: `exec` has an engine of its own, and `doctor` reports what it finds. */
const elsewhere = /^(local .*|completion|init|trust|load compare|exec|doctor)$/;
/** Writes what it knows without asking, where it may not ask. */
const elsewhereOrOffline = new RegExp(`${elsewhere.source}|^export iam-policy$`);

const keys = { AWS_ACCESS_KEY_ID: 'x', AWS_SECRET_ACCESS_KEY: 'y' };
const at = (url: string) => ['--endpoint-url', url, '--yes'];

export async function listen(answer: RequestListener): Promise<{ url: string; close(): void }> {
  const server = createServer(answer);
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}

/** An endpoint that answers who asks, unless `everyone`, and refuses all else under AWS's name for it, in every protocol. */
export function refusing(name: string, { everyone = false } = {}) {
  return listen(async (incoming, outgoing) => {
    const body = Buffer.concat(await incoming.toArray()).toString();
    const isXml = String(incoming.headers['content-type']).includes('form');
    const isKnown = body.includes('GetCallerIdentity') && !everyone;
    outgoing.writeHead(isKnown ? 200 : 400, { 'x-amzn-requestid': 'r-1', 'x-amzn-errortype': name });
    if (isKnown) {
      const who = '<Arn>arn:aws:iam::123456789012:user/dev</Arn><Account>123456789012</Account>';
      const result = `<GetCallerIdentityResult>${who}</GetCallerIdentityResult>`;
      outgoing.end(`<GetCallerIdentityResponse>${result}</GetCallerIdentityResponse>`);
    } else if (isXml) {
      const error = `<Error><Code>${name}</Code><Message>No.</Message></Error>`;
      outgoing.end(`<ErrorResponse>${error}<RequestId>r-1</RequestId></ErrorResponse>`);
    } else outgoing.end(JSON.stringify({ __type: name, message: 'No.' }));
  });
}

/** Nobody listens there, while a port that was free may be another test's by now. */
const nobody = 'http://127.0.0.1:1';

/** The ways to fail that need no time, and `close` for the endpoints behind them. */
export async function situations(): Promise<{ all: Record<string, Situation>; unreachable: Situation; close(): void }> {
  const denied = await refusing('AccessDeniedException');
  const expired = await refusing('ExpiredTokenException', { everyone: true });
  const invalid = await refusing('ValidationException');
  return {
    all: {
      'a wrong environment': {
        kind: 'usage',
        words: ['--yes'],
        env: { DYNOPS_STACK: '../x', DYNOPS_TARGET: 'moon', DYNOPS_PORT: 'x' },
        // They look at none of these.
        except: /^(local (stop|status|logs|requests|reset|snapshot (load|list|delete))|completion|init|doctor)$/,
      },
      'a wrong settings file': {
        kind: 'usage',
        words: ['--yes'],
        env: {},
        files: { 'dynops.json': '{"regoin": "eu-west-1"}' },
        except: /^(local .*|completion|init|doctor|load compare)$/,
      },
      'no credentials': { kind: 'credentials', words: ['--aws', '--yes'], env: {}, except: elsewhere },
      'a session that has expired': {
        kind: 'credentials',
        words: at(expired.url),
        env: keys,
        except: elsewhere,
        requestId: 'r-1',
      },
      'a permission that is missing': {
        kind: 'denied',
        words: at(denied.url),
        env: keys,
        except: elsewhereOrOffline,
        requestId: 'r-1',
      },
      'a call that is refused': {
        kind: 'refused',
        words: at(invalid.url),
        env: keys,
        except: elsewhereOrOffline,
        requestId: 'r-1',
      },
    },
    unreachable: { kind: 'unreachable', words: at(nobody), env: keys, except: elsewhere },
    close: () => {
      for (const endpoint of [denied, expired, invalid]) endpoint.close();
    },
  };
}

/** What a command takes beside its name to come as far as it can. `folder` gets the files that are named. */
export function completeLines(folder: string): Record<string, string[]> {
  const file = join(folder, 'items.jsonl');
  writeFileSync(file, '{"id":"1"}\n');
  const more: Record<string, string[]> = {
    call: ['ping'],
    request: ['GET', '/x'],
    exec: ['--', process.execPath, '--version'],
    'load compare': ['a.json', 'b.json'],
    'table import': [file],
    'table export': ['--out', join(folder, 'out.jsonl')],
    'user set-password': ['ada'],
    'user enable': ['ada'],
    'user disable': ['ada'],
    'authorizer test': ['--token', '-'],
    'local snapshot save': ['one'],
    'local snapshot load': ['one'],
    'local snapshot delete': ['one'],
    completion: ['bash'],
  };
  return Object.fromEntries(
    declaredCommands().map(({ command }) => [command, [...command.split(' '), ...(more[command] ?? [])]]),
  );
}

/** A password that nobody need be asked for. */
const password = { DYNOPS_PASSWORD: 'Secret1!word' };

/** Runs the commands in a situation; answers a line for each that ends otherwise than its kind of failure says. */
export async function statusFaults(
  commands: readonly string[],
  { situation, home, folder }: { situation: Situation; home: string; folder: string },
): Promise<string[]> {
  const lines = completeLines(folder);
  const { kind, words, env, files, requestId } = situation;
  const inForm = (form: string[]) => {
    const asked = commands.map((command) => ({ words: [...words, ...form, ...(lines[command] ?? [])], runs: true }));
    return runAll(asked, home, { ...password, ...env }, files);
  };
  const [documents, texts] = [await inForm(['--json']), await inForm([])];
  return [
    ...documents.flatMap((seen) => faultIn(seen, kind)),
    ...texts.flatMap((seen) => textFaultIn(seen, kind, requestId)),
  ];
}

/** The name, with AWS's request id; then what failed and why; and last what to do. */
const errorShape = /(?:^|\n)([A-Za-z]\w*)(?:, request id (\S+))?\nerror: \S.*(?:\n.+)*\n$/;

/** Of what a failure says to a person: nothing on stdout, and an error in its shape at the end of stderr. */
export function textFaultIn(
  { words, status, stdout, stderr }: Pick<Seen, 'words' | 'status' | 'stdout' | 'stderr'>,
  kind: FailureKind,
  requestId?: string,
): string[] {
  const [, , id] = errorShape.exec(stderr) ?? [];
  const isShaped = errorShape.test(stderr) && id === requestId;
  if (status === failureKinds[kind].exitStatus && stdout === '' && isShaped) return [];
  return [`dynops ${words.join(' ')}: ${status}, stdout ${JSON.stringify(stdout)}, stderr ${JSON.stringify(stderr)}`];
}

/** Of a document printed with `--json`, and its exit status. */
export function faultIn(
  { words, status, stdout }: Pick<Seen, 'words' | 'status' | 'stdout'>,
  kind: FailureKind,
): string[] {
  const { error } = JSON.parse(stdout) as { error?: { code: string } };
  const own: Partial<Record<string, { kind: FailureKind }>> = errorCodes;
  const found = error === undefined ? 'no failure' : (own[error.code]?.kind ?? kind);
  const expected = failureKinds[kind].exitStatus;
  if (status === expected && found === kind) return documentFaults(words, stdout);
  return [`dynops ${words.join(' ')}: ${status} ${error?.code} (${found}), not ${expected} (${kind})`];
}
