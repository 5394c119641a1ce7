import type { Aws } from '../aws/aws.ts';
import { isExisting } from '../aws/errors.ts';
import { DynopsError, usageError } from '../errors.ts';
import { type StackFiles, stackFiles } from '../home/stack-files.ts';
import { announce, placeOf } from '../session/announce.ts';
import type { Context, Result } from '../session/command.ts';
import { confirmOrStop, refuseUnasked } from '../session/confirm.ts';
import { ownCommand } from '../session/own-command.ts';
import { stackSettings } from '../session/stack-settings.ts';
import { type Column, lookOf, tableLines } from '../ui/table.ts';
import { shellQuoted } from '../ui/words.ts';

export interface UserOptions {
  name: string;
}

export interface PasswordOptions extends UserOptions {
  temporary?: boolean;
  passwordStdin?: boolean;
}

export interface UserAddOptions extends PasswordOptions {
  /** `NAME=VALUE` each. */
  attribute?: string[];
}

const userColumns: Column[] = [
  { title: 'user' },
  { title: 'status' },
  { title: 'email', narrow: 'below', untitled: true },
];

/** Every user of the stack's pool. */
export async function userList(context: Context): Promise<Result> {
  const [{ aws, poolId }, { listUsers }] = await Promise.all([pool(context), import('../aws/users.ts')]);
  const found = await listUsers(aws, poolId);
  const rows = found.map(({ username, status, enabled, attributes }) => ({
    cells: [username, enabled ? status : `${status}, disabled`, attributes.email ?? ''],
  }));
  const lines = found.length === 0 ? [] : tableLines(userColumns, rows, lookOf(context.ui));
  return {
    json: { ok: true, users: found },
    text: lines.map((line) => `${line}\n`).join(''),
  };
}

/** Adds a user beside the stack's own; with `--temporary` the first sign-in asks for a new password. */
export async function userAdd(context: Context, options: UserAddOptions): Promise<Result> {
  const { name: username, temporary = false, attribute = [] } = options;
  const attributes = Object.fromEntries(attribute.map(attributeOf));
  const password = await readPassword(context, options);
  const [{ aws, poolId }, users] = await Promise.all([pool(context), import('../aws/users.ts')]);
  await announce(context, `Adding user ${username} to`);
  await users.createTemporaryUser(aws, poolId, { username, password, attributes }).catch(async (error: unknown) => {
    if (!isExisting(error)) throw error;
    // Also when an earlier command was broken off here: the name may as well be somebody else's, mistyped.
    const isNew = (await users.userStatus(aws, poolId, username)) === 'FORCE_CHANGE_PASSWORD';
    throw new DynopsError({
      foreignCode: 'UsernameExistsException',
      message: `The user ${username} already exists${isNew ? ', who has yet to choose a password' : ''}.`,
      hint: `${ownCommand(context.options)(`user set-password ${shellQuoted(username)}`)} sets the password.`,
      cause: error,
    });
  });
  if (!temporary) await users.setPassword(aws, poolId, { username, password, permanent: true });
  return done(username, temporary ? 'added; the first sign-in asks for a new password' : 'added');
}

/** Sets a user's password; with `--temporary` the next sign-in asks for a new one. */
export async function userSetPassword(context: Context, options: PasswordOptions): Promise<Result> {
  const { name: username, temporary = false } = options;
  const password = await readPassword(context, options);
  const [{ aws, poolId, ownUser, files }, { setPassword }] = await Promise.all([
    pool(context),
    import('../aws/users.ts'),
  ]);
  await announce(context, `Setting the password of ${username} in`);
  await setPassword(aws, poolId, { username, password, permanent: !temporary }).catch(noUser(context, username));
  // What was generated is not this user's password any more.
  if (isSame(username, ownUser)) await files.forgetPassword();
  return done(username, temporary ? 'has a temporary password' : 'has a new password');
}

/** Lets a user sign in again. */
export async function userEnable(context: Context, { name }: UserOptions): Promise<Result> {
  const [{ aws, poolId }, { enableUser }] = await Promise.all([pool(context), import('../aws/users.ts')]);
  await announce(context, `Enabling user ${name} of`);
  await enableUser(aws, poolId, name).catch(noUser(context, name));
  return done(name, 'may sign in');
}

/** Stops a user from signing in. */
export async function userDisable(context: Context, { name }: UserOptions): Promise<Result> {
  const [{ aws, poolId, files }, { disableUser }] = await Promise.all([pool(context), import('../aws/users.ts')]);
  await announce(context, `Disabling user ${name} of`);
  await disableUser(aws, poolId, name).catch(noUser(context, name));
  await forgetTokens(files, name);
  return done(name, 'may not sign in');
}

/** Deletes a user. Asks first. */
export async function userRemove(context: Context, { name }: UserOptions): Promise<Result> {
  refuseUnasked(context, `Delete user ${name}?`);
  const [{ aws, poolId, ownUser, files }, { deleteUser }, { kind: target }, stack] = await Promise.all([
    pool(context),
    import('../aws/users.ts'),
    context.choice(),
    context.stack(),
  ]);
  const place = placeOf({ target, account: aws.accountId, region: aws.region });
  await confirmOrStop(context, `Delete user ${name} of stack "${stack}" in ${place}?`);
  await announce(context, `Deleting user ${name} of`);
  await deleteUser(aws, poolId, name).catch(noUser(context, name));
  if (isSame(name, ownUser)) await files.forget({ keepPassword: false });
  else await forgetTokens(files, name);
  return done(name, 'is deleted');
}

/** For `catch`: says who it is that the pool does not know, and who they are that it knows. */
function noUser({ options }: Context, name: string): (error: unknown) => never {
  return (error) => {
    if (!(error instanceof DynopsError) || error.code !== 'UserNotFoundException') throw error;
    throw error.with({
      message: `There is no user ${name}.`,
      hint: `${ownCommand(options)('user list')} shows who there is.`,
    });
  };
}

/** The API takes an id token until it expires, but it is not handed out any more. */
async function forgetTokens(files: StackFiles, username: string): Promise<void> {
  const { userPoolId, clientId } = (await files.readOutputs()) ?? {};
  if (userPoolId && clientId) await files.forgetTokens({ userPoolId, clientId, username });
}

/** The pool does not tell upper case from lower. */
const isSame = (name: string, other: string | null) => name.toLowerCase() === other?.toLowerCase();

interface Pool {
  aws: Aws;
  poolId: string;
  /** The user that `up` makes. */
  ownUser: string | null;
  files: StackFiles;
}

async function pool(context: Context): Promise<Pool> {
  const [aws, choice, settings, { standingIds }] = await Promise.all([
    context.aws(),
    context.choice(),
    stackSettings(context, {}),
    import('../stack/stack.ts'),
  ]);
  const { signal } = context;
  const { userPoolId, username } = await standingIds(aws, { settings, signal, onEvent: () => undefined });
  const files = stackFiles(context.home, { choice, account: aws.accountId, stack: settings.stack });
  if (userPoolId !== null) return { aws, poolId: userPoolId, ownUser: username, files };
  throw new DynopsError({
    code: 'StepMissing',
    message: 'There is no user pool yet.',
    facts: { step: 'pool' },
  });
}

/** --password-stdin, DYNOPS_PASSWORD, or typed in. */
async function readPassword({ ui, env }: Context, { name, passwordStdin }: PasswordOptions): Promise<string> {
  const password = passwordStdin
    ? (await ui.readStdin()).replace(/\r?\n$/, '')
    : (env.DYNOPS_PASSWORD ?? (ui.interactive ? await ui.ask(`Password for ${name}`, { secret: true }) : ''));
  if (password !== '') return password;
  throw new DynopsError({
    code: 'PasswordNeeded',
    message: `No password was given for ${name}.`,
  });
}

function attributeOf(text: string): [name: string, value: string] {
  const at = text.indexOf('=');
  if (at < 1)
    throw usageError(`--attribute ${text}: expected NAME=VALUE.`, 'For example --attribute email=ada@example.com.');
  return [text.slice(0, at), text.slice(at + 1)];
}

function done(username: string, what: string): Result {
  return { json: { ok: true, username }, text: `${username} ${what}.\n` };
}
