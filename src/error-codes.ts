import type { FailureKind } from './failure-kinds.ts';

/**
 * The codes of dynops's own errors, with the kind of failure, which decides the exit status, and what each means. Scripts
 * may rely on them; `docs/errors.md` lists them. An error of AWS, of the API or of Node.js keeps the name that it came with.
 */
export const errorCodes = {
  AnswerLost: { kind: 'answer', means: 'A call was sent, and what became of it is not known.' },
  ApiNotReady: { kind: 'unfinished', means: 'Everything exists, but the API does not answer as it should yet.' },
  ApiNotServed: { kind: 'absent', means: 'Everything exists, but the endpoint serves no APIs.' },
  AttributesRequired: {
    kind: 'credentials',
    means: 'A first sign-in asks for attributes of the user as well as a new password.',
  },
  BrokenInstallation: { kind: 'defect', means: 'A file of dynops itself is missing.' },
  BuildFailed: { kind: 'build', means: "The source of a service's function cannot be bundled." },
  CodeDiffers: {
    kind: 'conflict',
    means: "The function's code was not deployed by this version of dynops, and what was asked for would replace it.",
  },
  CodeTooLarge: { kind: 'build', means: "A function's code is larger than Lambda accepts." },
  ConfirmationNeeded: { kind: 'unasked', means: 'A question would have to be asked, and nobody can answer.' },
  ContentReplaced: {
    kind: 'unfinished',
    means: 'A table was made anew, or replaced by a snapshot, while its items were exported or imported.',
  },
  Declined: { kind: 'declined', means: 'The question was answered with no; nothing was changed.' },
  DomainTaken: { kind: 'conflict', means: 'The sign-in domain belongs to another AWS account.' },
  EngineCredentialsMissing: {
    kind: 'machine',
    means: "The embedded engine runs, but its credentials' file is gone or broken.",
  },
  EngineSilent: { kind: 'unreachable', means: "The embedded engine's process is running but does not answer." },
  EngineStopped: { kind: 'unfinished', means: 'Another command stopped the embedded engine meanwhile.' },
  EngineWillNotStart: { kind: 'machine', means: 'The embedded engine did not start.' },
  EngineWillNotStop: { kind: 'machine', means: "The embedded engine's process does not end." },
  FileExists: { kind: 'conflict', means: 'A file that would be written already exists; nothing was written.' },
  ForeignClient: { kind: 'credentials', means: "The token was issued for another app client than the stack's." },
  ForeignPool: { kind: 'credentials', means: "The token was issued by another user pool than the API's." },
  ForeignRedirect: { kind: 'credentials', means: 'The address that was pasted belongs to another sign-in.' },
  ForeignResource: {
    kind: 'conflict',
    means: "A name that the stack needs is taken by a resource that is not this stack's.",
  },
  ForeignToken: {
    kind: 'credentials',
    means: 'The hosted pages answered with a token that belongs to another sign-in.',
  },
  FunctionFailed: { kind: 'refused', means: 'Lambda accepted a change of the function, and could not carry it out.' },
  ImportIncomplete: {
    kind: 'unfinished',
    means: 'The table does not hold as many items as the file that was imported.',
  },
  Interrupted: { kind: 'interrupted', means: 'Ctrl-C, SIGTERM, or a question that was cancelled.' },
  Locked: { kind: 'machine', means: 'Another dynops command has held a lock for too long.' },
  MissingValue: { kind: 'usage', means: 'A service takes a value from the environment that is not set.' },
  NeedsReplace: {
    kind: 'conflict',
    means: 'A resource cannot be changed in place, and its replacement was not allowed.',
  },
  NewPasswordNeeded: { kind: 'credentials', means: 'A first sign-in asks for a new password, and none was given.' },
  NoBestSize: { kind: 'refused', means: 'At no memory size did the function answer, so that none was set.' },
  NoCode: { kind: 'credentials', means: 'The hosted pages sent the browser back without a code.' },
  NoDomain: { kind: 'absent', means: 'The user pool has no hosted pages, or the endpoint serves none.' },
  NoFolder: { kind: 'machine', means: 'A folder cannot be created.' },
  NoFreePort: { kind: 'machine', means: 'Every port that the browser could come back to is taken.' },
  NoRoute: { kind: 'absent', means: 'The API has no route for a request.' },
  NoSnapshot: { kind: 'absent', means: 'There is no snapshot of that name.' },
  NoToken: { kind: 'credentials', means: 'The API refused a request that was sent without a token.' },
  NoTokens: { kind: 'answer', means: 'The user pool answered a sign-in without tokens.' },
  NoTrace: { kind: 'absent', means: 'There is no such trace, or none yet.' },
  NotGone: { kind: 'unfinished', means: 'Something was deleted and is there again.' },
  NotKept: { kind: 'machine', means: 'A result could not be written to its file.' },
  NotRestored: { kind: 'unfinished', means: "The function's settings could not be set back." },
  OtherService: {
    kind: 'conflict',
    means: 'A service exists under the name of the stack, but the working folder describes none.',
  },
  OtherUser: { kind: 'credentials', means: 'A different user signed in than the one that was asked for.' },
  OutputClosed: { kind: 'unread', means: 'The output was closed. The command ends quietly.' },
  PasswordNeeded: {
    kind: 'credentials',
    means: 'A password is not stored, was not given, and there is no way to ask for it.',
  },
  Protected: { kind: 'conflict', means: 'A resource is protected from being deleted.' },
  ProxyFailed: {
    kind: 'unreachable',
    means: 'The proxy that the environment names cannot be reached, or refuses to connect.',
  },
  ProxyPasswordNeeded: {
    kind: 'credentials',
    means: 'The proxy that the environment names asks for a user name and a password.',
  },
  ServiceFile: { kind: 'usage', means: 'The file that describes a service cannot be acted on; nothing was done.' },
  SnapshotDamaged: { kind: 'machine', means: 'Files of a snapshot are missing, cut off, or replaced by links.' },
  StackAbsent: { kind: 'absent', means: 'The stack, or what a command needs of it, does not exist.' },
  StepMissing: { kind: 'absent', means: 'A step needs what another step creates.' },
  Timeout: { kind: 'unfinished', means: 'The command took longer than --timeout allows.' },
  TokenExpired: { kind: 'credentials', means: 'The token has expired.' },
  TokenRefused: { kind: 'credentials', means: 'The authorizer refuses a token that appears to be valid.' },
  Unexpected: { kind: 'defect', means: 'A defect of dynops.' },
  Unreachable: { kind: 'unreachable', means: 'The API cannot be reached.' },
  UnreadableAnswer: { kind: 'answer', means: 'The answer is not one that AWS or the API gives.' },
  UnsafeFolder: { kind: 'machine', means: "A folder for secrets is not this user's own." },
  UnsupportedChallenge: {
    kind: 'credentials',
    means: 'The user pool asks for a challenge that the command line cannot answer.',
  },
  Usage: {
    kind: 'usage',
    means: 'The command line, an environment variable or a settings file cannot be acted on; nothing was done.',
  },
  WaitedTooLong: { kind: 'unfinished', means: 'What the command waited for did not happen in time.' },
  WrongAccount: {
    kind: 'credentials',
    means: 'The credentials belong to another AWS account than the settings file allows.',
  },
  WrongTokenUse: { kind: 'credentials', means: 'The authorizer takes id tokens, and another kind was sent.' },
} as const satisfies Record<string, { kind: FailureKind; means: string }>;

export type ErrorCode = keyof typeof errorCodes;
