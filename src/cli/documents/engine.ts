import type { InboxMessage } from '../../endpoint/inbox.ts';
import type { EngineRequest } from '../../endpoint/request-log.ts';
import type { Snapshot } from '../../endpoint/snapshots.ts';
import { flag, listOf, number, object, ok, oneOf, optional, orNull, text, time, whole } from './schema.ts';

export const runningEngine = object(
  {
    ok,
    running: oneOf([true]),
    endpoint: text('Its URL.'),
    port: whole(),
    pid: whole(),
    version: text('Of the dynops that started it.'),
    awsLike: orNull(number('The scale of `--aws-like`; `null` without it.')),
    startedAt: time(),
  },
  'An engine that runs.',
);

export const silentEngine = object(
  { ok, running: oneOf([true]), answering: oneOf([false]), pid: whole() },
  'An engine whose process lives, but does not answer.',
);

export const stoppedEngine = object({ ok, running: oneOf([false]) }, 'No engine.');

export const stopped = object({ ok, stopped: flag('`false`: it did not run.') });

export const variables = object(
  {
    AWS_ENDPOINT_URL: text(),
    AWS_ACCESS_KEY_ID: text(),
    AWS_SECRET_ACCESS_KEY: text('A secret of this machine’s engine.'),
    AWS_REGION: text(),
    AWS_DEFAULT_REGION: text(),
  },
  'For the environment of any AWS client; without `ok`.',
);

export const engineLog = object({ ok, lines: listOf(text()) });

export const requests = object({
  ok,
  requests: listOf(
    object<EngineRequest>({
      id: whole(),
      atMs: number('Since the epoch.'),
      ms: number(),
      kind: oneOf(['api', 'aws', 'page'], 'To a deployed API, to AWS’s, to a sign-in page.'),
      method: text(),
      path: text(),
      status: whole(),
      operation: optional(text('Of a call of AWS’s JSON protocols.')),
      request: optional(text('With `--bodies`, as `response`; secrets are masked.')),
      response: optional(text()),
    }),
    'Oldest first.',
  ),
});

export const inbox = object({
  ok,
  messages: listOf(
    object<InboxMessage>({
      id: whole(),
      atMs: number('Since the epoch.'),
      poolId: text(),
      pool: text('Its name.'),
      username: text(),
      medium: oneOf(['EMAIL', 'SMS']),
      to: text(),
      subject: optional(text('Of an e-mail.')),
      text: text(),
      code: text('The code or temporary password in the text.'),
      link: optional(text('The address that confirms, of a message that has a link in place of a code to type.')),
    }),
    'Oldest first.',
  ),
});

const snapshotMembers = {
  name: text(),
  savedAt: time(),
  version: text('Of the dynops that saved it.'),
  bytes: whole(),
};

export const snapshot = object<Snapshot & { ok: true }>({ ok, ...snapshotMembers });
export const snapshots = object({ ok, snapshots: listOf(object<Snapshot>(snapshotMembers)) });
export const deletedSnapshot = object({ ok, name: text() });
