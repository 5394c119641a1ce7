import type { Aws } from '../aws/aws.ts';
import { isExisting } from '../aws/errors.ts';
import { DynopsError, ExitStatus, usageError } from '../errors.ts';
import { stackFiles } from '../target/stack-files.ts';
import { columns } from '../ui/words.ts';
import { announce } from './announce.ts';
import type { Context, Result } from './command.ts';
import { confirmOrStop } from './confirm.ts';
import { stackSettings } from './stack-settings.ts';

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

/** Every user of the stack's pool. */
export async function userList(context: Context): Promise<Result> {
  const [{ aws, poolId }, { listUsers }] = await Promise.all([pool(context), import('../aws/users.ts')]);
  const found = await listUsers(aws, poolId);
  const rows = found.map(({ username, status, enabled, attributes }) => [
    username,
    enabled ? status : `${status}, disabled`,
    attributes.email ?? '',
  ]);
  return {
    json: { ok: true, users: found },
    text: columns(rows)
      .map((line) => `${line}\n`)
      .join(''),
  };
}

/** Adds a user beside the stack's own; with `--temporary` the first sign-in asks for a new password. */
export async function userAdd(context: Context, options: UserAddOptions): Promise<Result> {
  const { name: username, temporary = false, attribute = [] } = options;
  const attributes = Object.fromEntries(attribute.map(attributeOf));
  const password = await readPassword(context, options);
  const [{ aws, poolId }, users] = await Promise.all([pool(context), import('../aws/users.ts')]);
  await announce(context, `Adding user ${username} to`);
  const isNew = await users.createTemporaryUser(aws, poolId, { username, password, attributes }).then(
    () => true,
    async (error: unknown) => {
      if (!isExisting(error)) throw error;
      const status = await users.userStatus(aws, poolId, username);
      // An answer was lost, or an earlier command was broken off: what is missing is done.
      if (status === 'FORCE_CHANGE_PASSWORD') return false;
      throw new DynopsError({
        code: 'UsernameExistsException',
        message: `There is a user ${username} already.`,
        hint: `\`dynops user set-password ${username}\` sets the password.`,
        cause: error,
      });
    },
  );
  if (!isNew) await users.setAttributes(aws, poolId, { username, attributes });
  if (!isNew || !temporary) await users.setPassword(aws, poolId, { username, password, permanent: !temporary });
  return done(username, temporary ? 'added; the first sign-in asks for a new password' : 'added');
}

/** Sets a user's password; with `--temporary` the next sign-in asks for a new one. */
export async function userSetPassword(context: Context, options: PasswordOptions): Promise<Result> {
  const { name: username, temporary = false } = options;
  const password = await readPassword(context, options);
  const [{ aws, poolId, ownUser }, { setPassword }] = await Promise.all([pool(context), import('../aws/users.ts')]);
  await announce(context, `Setting the password of ${username} in`);
  await setPassword(aws, poolId, { username, password, permanent: !temporary });
  const [choice, stack] = await Promise.all([context.choice(), context.stack()]);
  // What was generated is not this user's password any more.
  if (username === ownUser) await stackFiles(context.home, { choice, account: aws.accountId, stack }).forgetPassword();
  return done(username, temporary ? 'has a temporary password' : 'has a new password');
}

/** Lets a user sign in again. */
export async function userEnable(context: Context, { name }: UserOptions): Promise<Result> {
  const [{ aws, poolId }, { enableUser }] = await Promise.all([pool(context), import('../aws/users.ts')]);
  await announce(context, `Enabling user ${name} of`);
  await enableUser(aws, poolId, name);
  return done(name, 'may sign in');
}

/** Lets a user sign in no more. */
export async function userDisable(context: Context, { name }: UserOptions): Promise<Result> {
  const [{ aws, poolId }, { disableUser }] = await Promise.all([pool(context), import('../aws/users.ts')]);
  await announce(context, `Disabling user ${name} of`);
  await disableUser(aws, poolId, name);
  return done(name, 'may not sign in');
}

/** Deletes a user. Asks first. */
export async function userRemove(context: Context, { name }: UserOptions): Promise<Result> {
  await confirmOrStop(context, `Delete user ${name} of stack "${await context.stack()}"?`);
  const [{ aws, poolId }, { deleteUser }] = await Promise.all([pool(context), import('../aws/users.ts')]);
  await announce(context, `Deleting user ${name} of`);
  await deleteUser(aws, poolId, name);
  return done(name, 'is deleted');
}

interface Pool {
  aws: Aws;
  poolId: string;
  /** The user that `up` makes. */
  ownUser: string | null;
}

async function pool(context: Context): Promise<Pool> {
  const [aws, settings, { showStep }] = await Promise.all([
    context.aws(),
    stackSettings(context, {}),
    import('../stack/step.ts'),
  ]);
  const stack = { settings, signal: context.signal, onEvent: () => undefined };
  const { userPoolId, username } = await showStep(aws, 'user', stack);
  if (userPoolId !== null) return { aws, poolId: userPoolId, ownUser: username };
  throw new DynopsError({
    code: 'StepMissing',
    message: 'There is no user pool yet.',
    hint: 'Run `dynops pool create` first.',
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
    hint: 'Give it with --password-stdin or DYNOPS_PASSWORD.',
    exitStatus: ExitStatus.usage,
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
