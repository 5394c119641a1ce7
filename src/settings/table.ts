import { choice, type Kind, list, numberOutOf, onOrOff, text, wholeNumber } from './kinds.ts';
import {
  domainPrefixProblem,
  regionProblem,
  returnUrlProblem,
  runtimeProblem,
  stackProblem,
  urlProblem,
  usernameProblem,
} from './spelling.ts';

/*
 * Every setting, once. Options and their help, keys of settings files, environment variables, tags and shell completion
 * derive from these tables. Loads little: the command line is checked by it before anything else is.
 */

interface Setting<Value> extends Kind<Value> {
  /** As the command line declares it; `undefined` where another option stands for it. */
  flag: string | undefined;
  help: string;
  /** Which stand for it, the strongest first. */
  environment?: readonly string[];
}

function place<Value>(kind: Kind<Value>, about: Omit<Setting<Value>, keyof Kind<Value>>): Setting<Value> {
  return { ...kind, ...about };
}

const accountProblem = 'must be the 12 digits of an AWS account, in quotes';

/** Where a command acts, in the order of its help. Every command takes these. */
export const placeSettings = {
  target: place(choice('local', 'aws'), {
    flag: undefined,
    help: 'the embedded engine, or a real AWS account',
    environment: ['DYNOPS_TARGET'],
  }),
  endpointUrl: place(text(urlProblem, 'must be a URL'), {
    flag: '--endpoint-url <url>',
    help: 'act on another AWS-compatible endpoint',
    environment: ['DYNOPS_ENDPOINT_URL'],
  }),
  profile: place(
    text((value) => (value === '' ? 'must be a profile name' : undefined), 'must be a profile name'),
    {
      flag: '--profile <name>',
      help: 'AWS credentials profile, with --aws or --endpoint-url',
      environment: ['AWS_PROFILE'],
    },
  ),
  region: place(text(regionProblem, 'must be a region such as eu-west-1'), {
    flag: '--region <name>',
    help: "AWS region (default: the SDK chain's, else us-east-1)",
    environment: ['AWS_REGION', 'AWS_DEFAULT_REGION'],
  }),
  account: place(
    text((value) => (/^\d{12}$/.test(value) ? undefined : accountProblem), accountProblem),
    { flag: undefined, help: 'the only AWS account to act in' },
  ),
  stack: place(text(stackProblem, "must be a stack's name"), {
    flag: '--stack <name>',
    help: 'stack to act on (default: "default")',
    environment: ['DYNOPS_STACK'],
  }),
};

/** The embedded engine's port; not in settings files, since one engine serves every folder. */
export const portSetting = {
  ...wholeNumber(0, 65_535),
  flag: '--port <n>',
  help: 'port on 127.0.0.1 (default: DYNOPS_PORT, else any free one)',
  environment: ['DYNOPS_PORT'],
};

/** A setting of what the stack is made of. */
interface StackSetting<Value> extends Setting<Value> {
  flag: string;
  fallback: Value;
  /** The resource that AWS takes or refuses the value for. */
  owner: 'role' | 'function' | 'log-group' | 'pool' | 'client' | 'domain' | 'user';
  /** The resource whose tags remember it, and the key's part after `dynops:`. A client, a domain and a user have no tags. */
  rememberedBy: 'role' | 'function' | 'log-group' | 'pool';
  tag: string;
  /** The commands that take it, beside `up`, `plan` and `status`, which take all. */
  commands: readonly string[];
}

function stack<Value>(
  kind: Kind<Value>,
  about: Omit<StackSetting<NoInfer<Value>>, keyof Kind<Value>>,
): StackSetting<Value> {
  return { ...kind, ...about };
}

/** What may be asked of a stack. A value that differs from `fallback` is remembered in tags. */
export const stackSettings = {
  passwordLength: stack(wholeNumber(6, 99), {
    flag: '--password-length <n>',
    help: 'minimum length of a password',
    fallback: 6,
    owner: 'pool',
    rememberedBy: 'pool',
    tag: 'password-length',
    commands: ['pool create', 'pool update'],
  }),
  temporaryPasswordDays: stack(wholeNumber(1, 365), {
    flag: '--temporary-days <days>',
    help: 'how long a temporary password is valid',
    fallback: 7,
    owner: 'pool',
    rememberedBy: 'pool',
    tag: 'temporary-password-days',
    commands: ['pool create', 'pool update'],
  }),
  signUp: stack(onOrOff, {
    flag: '--sign-up',
    help: 'let people create their own accounts, confirmed by e-mail',
    fallback: false,
    owner: 'pool',
    rememberedBy: 'pool',
    tag: 'sign-up',
    commands: ['pool create', 'pool update'],
  }),
  smsRole: stack(onOrOff, {
    flag: '--sms-role',
    help: 'let the pool send text messages (SMS), by an IAM role of its own',
    fallback: false,
    owner: 'pool',
    rememberedBy: 'pool',
    tag: 'sms-role',
    commands: ['pool create', 'pool update'],
  }),
  callbackUrls: stack(list(returnUrlProblem, 'must be a list of URLs'), {
    flag: '--callback-url <url>',
    help: 'where sign-in may return to; repeatable',
    fallback: ['https://example.com'],
    owner: 'client',
    rememberedBy: 'pool',
    tag: 'callback-urls',
    commands: ['client create', 'client update'],
  }),
  logoutUrls: stack(list(returnUrlProblem, 'must be a list of URLs'), {
    flag: '--logout-url <url>',
    help: 'where sign-out may return to; repeatable',
    fallback: ['https://example.com'],
    owner: 'client',
    rememberedBy: 'pool',
    tag: 'logout-urls',
    commands: ['client create', 'client update'],
  }),
  tokenMinutes: stack(wholeNumber(5, 1_440), {
    flag: '--token-minutes <minutes>',
    help: 'how long id and access tokens are valid',
    fallback: 60,
    owner: 'client',
    rememberedBy: 'pool',
    tag: 'token-minutes',
    commands: ['client create', 'client update'],
  }),
  username: stack(text(usernameProblem, 'must be a user name'), {
    flag: '--username <name>',
    help: "the stack's own user, to sign in as",
    fallback: 'testuser',
    owner: 'user',
    rememberedBy: 'pool',
    tag: 'username',
    commands: ['user create'],
  }),
  policy: stack(choice('least-privilege', 'tutorial'), {
    flag: '--policy <name>',
    help: "the role's policy: only what the stack needs, or the tutorial's",
    fallback: 'least-privilege',
    owner: 'role',
    rememberedBy: 'role',
    tag: 'policy',
    commands: ['role create'],
  }),
  memoryMb: stack(wholeNumber(128, 10_240), {
    flag: '--memory <mb>',
    help: "the function's memory in MB",
    fallback: 128,
    owner: 'function',
    rememberedBy: 'function',
    tag: 'memory',
    commands: ['function create', 'function config'],
  }),
  runtime: stack(text(runtimeProblem, 'must be a runtime of Lambda'), {
    flag: '--runtime <name>',
    help: "the function's runtime",
    // The newest runtime that Lambda supports for long (to April 2028); the handler is async, as it asks for.
    fallback: 'nodejs24.x',
    owner: 'function',
    rememberedBy: 'function',
    tag: 'runtime',
    commands: ['function create', 'function config'],
  }),
  architecture: stack(choice('arm64', 'x86_64'), {
    flag: '--architecture <name>',
    help: "the function's architecture",
    fallback: 'arm64',
    owner: 'function',
    rememberedBy: 'function',
    tag: 'architecture',
    commands: ['function create', 'function config'],
  }),
  retentionDays: stack(
    // https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutRetentionPolicy.html
    numberOutOf([
      1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
    ]),
    {
      flag: '--retention <days>',
      help: "days to keep the function's log",
      fallback: 14,
      owner: 'log-group',
      rememberedBy: 'log-group',
      tag: 'retention-days',
      commands: ['function create'],
    },
  ),
  domainPrefix: stack(text(domainPrefixProblem, 'must be a host name'), {
    flag: '--domain-prefix <prefix>',
    help: "the sign-in pages' host name",
    // One that is made of the stack and the account.
    fallback: '',
    owner: 'domain',
    rememberedBy: 'pool',
    tag: 'domain-prefix',
    commands: ['domain create'],
  }),
  tracing: stack(onOrOff, {
    flag: '--tracing',
    help: 'record X-Ray traces',
    fallback: false,
    owner: 'function',
    rememberedBy: 'function',
    tag: 'tracing',
    commands: [],
  }),
};

type Values<Table> = { [Name in keyof Table]: Table[Name] extends Setting<infer Value> ? Value : never };

type PlaceValues = Values<typeof placeSettings>;
export type SettingName = keyof typeof stackSettings;
export type SettingValues = Values<typeof stackSettings>;

/** What settings files may hold; every key is optional. */
export type Settings = Partial<PlaceValues & SettingValues>;

/** The settings that files may hold, by key. */
export const fileSettings: { readonly [Name in keyof Settings]-?: Setting<never> } = {
  ...placeSettings,
  ...stackSettings,
};

/** Names and definitions of what may be asked of a stack. */
export const stackSettingEntries = Object.entries(stackSettings) as [SettingName, StackSetting<never>][];

/** The stack settings that a command takes, by its words. */
export function settingsOf(command: string): [SettingName, StackSetting<never>][] {
  const takesAll = ['up', 'plan', 'status'].includes(command);
  return stackSettingEntries.filter(([, { commands }]) => takesAll || commands.includes(command));
}
