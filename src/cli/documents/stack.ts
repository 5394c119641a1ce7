import type { StackEntry } from '../../aws/stacks.ts';
import type { Change } from '../../change.ts';
import type { Finding } from '../../commands/doctor/finding.ts';
import { resourceTypes } from '../../resource-types.ts';
import type { ResourceReport, ResourceStatus, StackReport, StackStatus, StackSummary } from '../../stack/types.ts';
import {
  anything,
  flag,
  listOf,
  mapOf,
  number,
  object,
  ok,
  oneOf,
  optional,
  orNull,
  text,
  time,
  whole,
} from './schema.ts';

const changes = (description: string) =>
  listOf(
    object<Change>({
      property: text(),
      from: anything('Plain JSON; a secret never appears.'),
      to: anything(),
      replaces: optional(flag('`true` where AWS cannot change it in place; else left out.')),
    }),
    description,
  );

const resource = {
  type: oneOf(Object.keys(resourceTypes)),
  name: text(),
  id: orNull(text('ARN or id; `null` while it does not exist.')),
};

export const target = oneOf(['local', 'aws', 'endpoint'], 'Where the command acted.');

const summary: Record<keyof StackSummary, ReturnType<typeof text>> = {
  target,
  stack: text(),
  account: text('12 digits.'),
  region: text(),
  apiUrl: orNull(text('Where the API is called; `null` while there is none, as with the next five.')),
  userPoolId: orNull(text()),
  clientId: orNull(text()),
  domainUrl: orNull(text('Of the hosted sign-in pages.')),
  signInUrl: orNull(text('The sign-in page of the app client, ready to be opened.')),
  username: orNull(text('The stack’s own user.')),
};

export const stackReport = object<StackReport>(
  {
    ok,
    ...summary,
    resources: listOf(
      object<ResourceReport>({
        ...resource,
        action: oneOf(
          ['created', 'updated', 'replaced', 'unchanged', 'adopted', 'deleted', 'absent', 'kept'],
          'In `plan`, what would be done.',
        ),
        ms: number('How long that took; 0 in `plan`.'),
        changes: optional(changes('What differed; left out where nothing did.')),
      }),
    ),
    elapsedMs: number(),
  },
  'What was done to each resource, and where the stack is.',
);

export const stackStatus = object<StackStatus>(
  {
    ok,
    inSync: flag('Everything stands, and nothing differs.'),
    ...summary,
    resources: listOf(
      object<ResourceStatus>({
        ...resource,
        state: oneOf(['present', 'absent', 'drifted', 'foreign']),
        drift: optional(changes('Of a drifted resource.')),
      }),
    ),
    notCompared: mapOf(listOf(text()), 'What can be set on resources of a type and is not looked at, for a person.'),
    elapsedMs: number(),
  },
  'What stands.',
);

export const stackList = object({
  ok,
  target,
  account: text('12 digits.'),
  region: text(),
  stacks: listOf(
    object<StackEntry>({
      name: text(),
      apiId: text(),
      stage: orNull(text('`null` where none is deployed.')),
      apiUrl: orNull(text('Of its stage; `null` where it has none, or the endpoint serves none.')),
      createdAt: orNull(time('Of the API.')),
    }),
  ),
});

export const token = object(
  { ok, token: text('The token itself: a secret.'), expiresAt: time() },
  'Without `--decode`.',
);

export const decodedToken = object(
  {
    ok,
    header: mapOf(anything(), 'Of the JWT.'),
    claims: mapOf(anything(), 'Of the JWT.'),
    expiresAt: time(),
    accepted: flag('Whether the API’s authorizer would take it.'),
    expiry: text('For a person.'),
    verdict: text('For a person.'),
  },
  'With `--decode`.',
);

export const users = object({
  ok,
  users: listOf(
    object({
      username: text(),
      status: text('Cognito’s: `CONFIRMED`, `FORCE_CHANGE_PASSWORD`, …'),
      enabled: flag(),
      attributes: mapOf(text()),
    }),
  ),
});

export const changedUser = object({ ok, username: text() }, 'For a user that is named.');

export const functionConfiguration = object({
  ok,
  name: text(),
  memoryMb: whole(),
  architecture: oneOf(['arm64', 'x86_64']),
  runtime: text('`nodejs24.x`, …'),
  timeoutSeconds: whole(),
  tracing: flag(),
});

export const verdict = {
  status: whole('What the client would be answered; of a success 200.'),
  claims: mapOf(text()),
  latencyMs: number(),
  log: text('Of the authorizer’s run.'),
};

export const authorizerVerdict = object({ ok, ...verdict });

export const checks = object({
  ok: flag('Every check is; the exit status is 3 where it is `false`.'),
  version: text('Of dynops.'),
  checks: listOf(
    object<Finding & { name: string }>({
      name: text(),
      ok: flag(),
      detail: text(),
      hint: optional(text('Which command mends it; of a check that failed alone.')),
      skipped: optional(oneOf([true], 'It could not be looked at, for a reason that another check tells.')),
    }),
  ),
  settings: listOf(
    object({ name: text(), value: anything(), from: text('A flag, a variable, a file, or `default`.') }),
    'What counts here.',
  ),
});

export const trusted = object({
  ok,
  file: text('Its path.'),
  settings: mapOf(anything(), 'Those of the file.'),
  python: flag('Its Python functions may run where they cannot be confined.'),
});
