import { untrustedAdvice } from '../endpoint/on-the-way.ts';
import type { ErrorCode } from '../error-codes.ts';
import type { AwsProblem, DynopsError, ErrorFacts } from '../errors.ts';
import type { GlobalOptions } from '../session/command.ts';
import { ownCommand } from '../session/own-command.ts';
import type { Kind } from '../settings/kinds.ts';
import { stackSettingEntries } from '../settings/table.ts';
import { shellQuoted } from '../ui/words.ts';

interface Telling extends ErrorFacts {
  /** A command of ours, in backticks, with what it needs to act on the same stack. */
  run(words: string): string;
  /** The target is the embedded engine. */
  isLocal: boolean;
  message: string;
}

/** What to do about an error: the one place that knows which command, with which options, mends what. */
export function adviceFor(error: DynopsError, where: { options: GlobalOptions; isLocal: boolean }): string | undefined {
  if (error.hint !== undefined) return error.hint;
  const { facts, message } = error;
  const telling: Telling = { ...facts, message, run: ownCommand(where.options), isLocal: where.isLocal };
  const own: Partial<Record<string, Advice>> = byCode;
  const advice = own[error.code]?.(telling) ?? (telling.problem && byProblem[telling.problem](telling));
  return advice ?? general(telling);
}

type Advice = (telling: Telling) => string | undefined;

function general({ attempts, goesOn, mayHaveRun, run }: Telling): string | undefined {
  if (mayHaveRun) return `The function may have run nevertheless: ${run('logs')} shows it.`;
  if (attempts !== undefined) {
    return 'The service fails or does not answer. Run the same command again once it works: it continues from what exists.';
  }
  return goesOn ? 'Run the same command again: it continues from what exists.' : undefined;
}

const goOn: Advice = () => 'Run the same command again: it continues from what exists.';
const signInAgain: Advice = ({ run }) => `Run ${run('token --refresh')}.`;
const makeSignIn: Advice = ({ run }) =>
  `Run ${run('up')}, or ${run('pool create')}, ${run('client create')} and ${run('user create')}.`;

/** Most commands that sign in take no password themselves, but the tokens that this one keeps. */
const signInAs = ({ run, username = '' }: Telling, option: string): string =>
  run(`token --for ${shellQuoted(username)} ${option}`);

const byCode: Partial<Record<ErrorCode, Advice>> = {
  AnswerLost: (telling) =>
    telling.mayHaveRun
      ? general(telling)
      : 'Run the same command again: it reads what exists and continues from there.',
  ApiNotReady: () =>
    'If that does not pass, something that dynops does not set is in the way: a resource policy, a web ACL, the network.',
  ApiNotServed: ({ run }) =>
    `Call the function itself with ${run('function test')}, or use an endpoint that serves them: the embedded engine, without --endpoint-url, is one.`,
  AttributesRequired: ({ run }) => `Sign in once with ${run('token --hosted-ui')}, where you can fill them in.`,
  BrokenInstallation: () => 'Reinstall dynops; in a clone, run `npm run build`.',
  CodeDiffers: ({ run }) => `Leave out --arch; or run ${run('up')}, which deploys this code.`,
  DomainTaken: () => 'Choose another with --domain-prefix.',
  ForeignClient: signInAgain,
  ForeignPool: signInAgain,
  ForeignRedirect: () => 'Run the command again.',
  ForeignResource: () => 'Use another --stack NAME, or --adopt to take it over.',
  FunctionFailed: goOn,
  NeedsReplace: ({ resourceType }) =>
    `\`--replace ${resourceType}\` deletes it with everything in it, and creates it again.`,
  NewPasswordNeeded: (telling) =>
    `Run ${signInAs(telling, '--password-stdin --new-password-stdin')}, with two lines on stdin: the password, and the new one.`,
  NoDomain: ({ run }) => `${run('up')} makes a domain; without one, sign in with a password: leave out --hosted-ui.`,
  NoFreePort: ({ run }) => `Free one of them, or use ${run('token --hosted-ui --no-browser --paste')}.`,
  NoToken: (telling) =>
    telling.step === undefined
      ? 'Leave out --no-auth, and the token is attached.'
      : telling.step === 'user'
        ? `Run ${telling.run('user create')}: nobody can sign in yet.`
        : makeSignIn(telling),
  NotGone: ({ run }) =>
    `Is another command creating the stack at the same time? Run ${run('down')} again when it has ended.`,
  OtherService: ({ run }) =>
    `Run it in the service's folder, or with another --stack NAME; ${run('down')} removes the service.`,
  OtherUser: () => 'Sign out in the browser, and run the command again.',
  Protected: ({ endsProtection, canBeKept }) =>
    `\`${endsProtection}\` ends that.${canBeKept ? ' Or keep it, with the table and the user pool: --keep-data.' : ''}`,
  PasswordNeeded: (telling) =>
    telling.username === undefined
      ? 'Give it with --password-stdin or DYNOPS_PASSWORD.'
      : `Set DYNOPS_PASSWORD, or sign in once with ${signInAs(telling, '--password-stdin')}.`,
  StackAbsent: (telling) => {
    const { run, step, begun } = telling;
    if (step === 'user') return makeSignIn(telling);
    return begun
      ? `Run ${run('up')} for everything that is missing; or step by step ${run('api create')}, then ${run('api deploy')}.`
      : `Run ${run('up')} to create it.`;
  },
  StepMissing: ({ run, step }) => `Run ${run(`${step} create`)} first, or ${run('up')} for the whole stack.`,
  TokenExpired: signInAgain,
  TokenRefused: ({ run, step }) =>
    step === 'authorizer'
      ? `Run ${run('token --decode')} to see what a valid one contains.`
      : `Run ${run('status')} to see what differs, and ${run('up')} to repair it.`,
  Unexpected: () => 'This is a bug in dynops; --debug shows where it happened.',
  UnreadableAnswer: ({ endpoint, isLocal }) =>
    endpoint === undefined || isLocal
      ? undefined
      : `Is ${endpoint} an AWS-compatible endpoint that serves this operation, and is there a proxy in between?`,
  UnsupportedChallenge: ({ run }) =>
    `Sign in with ${run('token --hosted-ui')}: the hosted pages support every challenge of the pool.`,
  WaitedTooLong: goOn,
  WrongAccount: () => 'Name the right profile with --profile, or change "account" in the settings file.',
  WrongTokenUse: ({ run }) => `Use the one that ${run('token')} prints.`,
};

/** AWS names the value that it refuses. */
function refusedValue({ message, settings = {} }: Telling): string {
  const flags = stackSettingEntries.flatMap(([name, setting]) => {
    const { write, flag, fallback } = setting as Kind<unknown> & { flag: string; fallback: unknown };
    if (!(name in settings) || write(settings[name]) === write(fallback)) return [];
    return names(message, write(settings[name])) ? [flag.split(' ')[0]] : [];
  });
  return flags.length === 0
    ? 'Give a value that AWS accepts: the message says why it refuses this one.'
    : `Give another value with ${flags.join(' or ')}.`;
}

/** As a whole: 12 is not in 128. */
function names(message: string, value: string): boolean {
  const at = message.indexOf(value);
  return value !== '' && at >= 0 && !/\w/.test(`${message[at - 1] ?? ''}${message[at + value.length] ?? ''}`);
}

const profileOf = ({ profile }: Telling): string => (profile ? ` --profile ${profile}` : '');

const byProblem: Record<AwsProblem, Advice> = {
  'account-not-open': () =>
    'The account is not open for this service or region yet: finish its sign-up in the AWS console, or enable the region.',
  clock: () => "This machine's clock differs from AWS's by minutes: correct it, then run this command again.",
  'credential-process': ({ profile }) =>
    `Run the credential_process of profile "${profile}" by hand to see what it says, or name another profile with --profile.`,
  denied: ({ action, resource }) => {
    if (!action) return 'Ask for the permission that the message names, or use a profile that has it.';
    return `Ask for the permission ${action}${resource ? ` on ${resource}` : ''}, or use a profile that has it (--profile NAME).`;
  },
  'engine-stopped': () => 'The embedded engine has stopped. Run the same command again: it restarts with all its data.',
  mfa: () =>
    'dynops cannot ask for MFA codes: get a session with `aws sts get-session-token`, and set the AWS_… variables that it returns.',
  'no-credentials': (telling) =>
    `No AWS credentials were found. Run \`aws configure${profileOf(telling)}\` (or \`aws sso login${profileOf(telling)}\`), or set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY.`,
  'no-profile': (telling) =>
    `Create the profile with \`aws configure${profileOf(telling)}\`, or name another with --profile.`,
  'not-served': () => 'The endpoint does not serve this call, and the stack needs it.',
  'profile-settings': ({ profile }) =>
    `Correct the profile with \`aws configure --profile ${profile}\`, or name another with --profile.`,
  quota: () =>
    'A quota of the account is exhausted: delete what is not needed, or request an increase in Service Quotas.',
  'refused-value': refusedValue,
  'rejected-credentials': (telling) =>
    `The endpoint does not accept these credentials. Check them with \`aws sts get-caller-identity${profileOf(telling)}${
      telling.endpoint === undefined || telling.isLocal ? '' : ` --endpoint-url ${telling.endpoint}`
    }\`.`,
  'session-expired': (telling) =>
    `The session has expired. Run \`aws sso login${profileOf(telling)}\`, or renew the AWS_SESSION_TOKEN you set.`,
  'sso-session': (telling) => `Run \`aws sso login${profileOf(telling)}\`, then this command again.`,
  'too-many-attempts': () =>
    'Wait, then give the right password: after wrong ones Cognito accepts none for up to 15 minutes.',
  unreachable: ({ endpoint, region }) => {
    if (endpoint !== undefined) return `Nothing answers at ${endpoint}; is it running?`;
    return `AWS cannot be reached. Is this machine online, and does the region ${region} exist?`;
  },
  unsendable: () =>
    'Set it again, without that character: what is copied from a page or read from a file often ends with a line break.',
  'untrusted-server': () => untrustedAdvice,
  'user-disabled': ({ run, username = '' }) =>
    `${run(`user enable ${shellQuoted(username)}`)} lets the user sign in again.`,
  vanished: () => 'Is another command deleting the stack at the same time?',
  'wrong-password': (telling) =>
    `Set a password with ${telling.run(`user set-password ${shellQuoted(telling.username ?? '')}`)}, or give the right one with ${signInAs(telling, '--password-stdin')}.`,
};
