import { nameKinds } from '../../commands/completion/values.ts';
import { formats } from '../../commands/table/formats.ts';
import * as engine from './engine.ts';
import * as measured from './measured.ts';
import {
  anything,
  flag,
  listOf,
  type Members,
  object,
  ok,
  oneOf,
  optional,
  orNull,
  type Schema,
  text,
  whole,
} from './schema.ts';
import * as stack from './stack.ts';

const script = object({ ok, script: text('The whole text.') });
const answer = anything('The answer’s own JSON, as it came; every digit of a number is kept.');
const rawAnswer = object({ status: whole('HTTP.'), body: text() }, 'An answer that is not JSON.');

/** Where every step is one of the tutorial's. */
const steps = ['role', 'function', 'table', 'api', 'stage', 'pool', 'client', 'domain', 'authorizer'];
const stepCommands = [...steps, 'user'].flatMap((step): [string, Schema[]][] => [
  [`${step} create`, step === 'user' ? [stack.stackReport, stack.changedUser] : [stack.stackReport]],
  [`${step} show`, [stack.stackStatus]],
  [`${step} delete`, step === 'user' ? [stack.stackReport, stack.changedUser] : [stack.stackReport]],
]);

/**
 * What each command prints with `--json` where it does not fail: one of these. `docs/json.md` and `docs/json.schema.json` are
 * written from it by `npm run docs`.
 */
export const documents: Readonly<Record<string, readonly Schema[]>> = {
  up: [stack.stackReport],
  plan: [stack.stackReport],
  status: [stack.stackStatus],
  down: [stack.stackReport],
  call: [answer],
  token: [stack.token, stack.decodedToken],
  request: [answer, rawAnswer],
  'export curl': [script],
  'export postman': [anything('A Postman collection, version 2.1.')],
  'export aws-cli': [script],
  'export iam-policy': [anything('An IAM policy document.')],
  'export terraform': [object({ ok, configuration: text('The whole text.') })],
  init: [object({ ok, template: text(), files: listOf(text('A path in the folder.')) })],
  dev: [object({ ok, stack: text() }, 'When it is stopped, with exit status 130.')],
  exec: [
    object({
      ok: flag('The command ended with 0.'),
      status: whole('What the command ended with, which is the exit status too.'),
    }),
  ],
  list: [stack.stackList],
  load: [measured.loadResult],
  'load compare': [measured.loadComparison],
  tune: [measured.tuneOutcome],
  'trace on': [stack.stackReport],
  'trace off': [stack.stackReport],
  'trace list': [measured.traceList],
  'trace show': [measured.trace],
  'trace map': [measured.traceMap],
  logs: [measured.logs],
  ...Object.fromEntries(stepCommands),
  'api deploy': [stack.stackReport],
  'pool update': [stack.stackReport],
  'client update': [stack.stackReport],
  'function test': [answer],
  'function config': [stack.functionConfiguration],
  'table items': [
    object({
      ok,
      items: listOf(anything('An item in DynamoDB’s own JSON, as `{"id": {"S": "1"}}`.')),
      more: flag('There are more than `--limit`.'),
    }),
  ],
  'table export': [
    object({
      ok,
      table: text(),
      file: orNull(text('Its path.')),
      format: oneOf(formats),
      items: whole('In the file.'),
      resumedAt: whole('How many of them an export before had written.'),
    }),
  ],
  'table import': [
    object({
      ok,
      table: text(),
      file: orNull(text('Its path; `null` for stdin.')),
      format: oneOf(formats),
      items: whole('In the file.'),
      resumedAt: whole('How many of them an import before had stored.'),
      verified: flag('With `--verify`.'),
    }),
  ],
  'authorizer test': [stack.authorizerVerdict],
  'user list': [stack.users],
  'user set-password': [stack.changedUser],
  'user enable': [stack.changedUser],
  'user disable': [stack.changedUser],
  'local start': [engine.runningEngine],
  'local stop': [engine.stopped],
  'local status': [engine.runningEngine, engine.stoppedEngine, engine.silentEngine],
  'local env': [engine.variables],
  'local logs': [engine.engineLog],
  'local requests': [engine.requests],
  'local inbox': [engine.inbox],
  'local snapshot save': [engine.snapshot],
  'local snapshot load': [engine.snapshot],
  'local snapshot list': [engine.snapshots],
  'local snapshot delete': [engine.deletedSnapshot],
  'local reset': [object({ ok })],
  doctor: [stack.checks],
  trust: [stack.trusted],
  completion: [
    object({ ok, shell: oneOf(['bash', 'zsh', 'fish']), script: text('The whole text.') }),
    ...nameKinds.map((kind) => object({ ok, [kind]: listOf(text()) })),
  ],
};

const error = object({
  code: text('One of `docs/errors.md`, or the name that AWS, the API or the system gave.'),
  message: text('What failed, and why.'),
  hint: orNull(text('What to do, for a person; `null` where nothing is known.')),
  requestId: optional(text('Of the AWS call or the request that failed; else left out.')),
});
const refused = { status: whole('HTTP.'), body: text('The answer, as it came.') };

/** What these print of their own beside `ok` and `error` where they fail. */
const ownOfFailure: Readonly<Record<string, Members<Record<string, unknown>>>> = {
  call: refused,
  request: refused,
  'function test': { functionError: text('AWS’s: `Unhandled`, …'), payload: text('What the function answered.') },
  'authorizer test': stack.verdict,
};

/** What a command prints with `--json` where it fails. Without a command: what all do. */
export function failureOf(command?: string): Schema {
  const own = Object.entries(ownOfFailure[command ?? ''] ?? {}).map(([name, member]) => [
    name,
    'optional' in member ? member : optional(member),
  ]);
  return object({
    ok: oneOf([false]),
    error,
    resources: optional(
      listOf(
        anything(),
        'What had been done to each, as in the command’s own document; of `up`, `down` and the steps.',
      ),
    ),
    ...Object.fromEntries(own),
  });
}

/** Those that have more to say of a failure. */
export const failingWithMore = Object.keys(ownOfFailure);
