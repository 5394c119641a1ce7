import { DynopsError, usageError } from '../errors.ts';
import type { TokenSubject, Tokens } from '../home/stack-files.ts';
import type { Context } from './command.ts';
import { whyUnasked } from './confirm.ts';
import { tokenSubject } from './outputs.ts';
import type { HostedSignInOptions, SignInOptions, StandingStack } from './session.ts';
import { claimsOf } from './token-claims.ts';

// A token is not handed out that would expire on its way.
const marginMs = 60_000;

/** A user's tokens: the kept ones while they are good, else by the refresh token, else by password. */
export async function obtainTokens(context: Context, standing: StandingStack, options: SignInOptions): Promise<Tokens> {
  if (options.hosted !== undefined)
    return signInHosted(context, { standing, hosted: options.hosted, expected: options.username });
  const { outputs, files } = standing;
  const subject = tokenSubject(outputs, options.username);
  const kept = await files.readTokens(subject);
  const passwordGiven = options.passwordStdin === true;
  if (kept !== undefined && !options.refresh && !passwordGiven && isGood(kept, context.clock())) return kept;
  const refreshed = passwordGiven ? undefined : await refreshKept(context, { standing, subject, unlike: kept });
  if (refreshed !== undefined) return refreshed;
  const tokens = await signInByPassword(context, { standing, subject, options });
  await files.writeTokens(subject, tokens);
  return tokens;
}

/**
 * Of several commands whose tokens have expired one renews them, and the others take its. `unlike`: those that will not do.
 * undefined when there is no refresh token, or it is not taken any more.
 */
function refreshKept(
  context: Context,
  { standing, subject, unlike }: { standing: StandingStack; subject: TokenSubject; unlike: Tokens | undefined },
): Promise<Tokens | undefined> | undefined {
  if (unlike === undefined || unlike.refreshToken === null) return undefined;
  const { files } = standing;
  return files.exclusively(async () => {
    const kept = await files.readTokens(subject);
    if (kept !== undefined && kept.idToken !== unlike.idToken && isGood(kept, context.clock())) return kept;
    const refreshToken = kept?.refreshToken ?? null;
    if (refreshToken === null) return undefined;
    const { refreshTokens } = await import('../aws/sign-in.ts');
    const tokens = await refreshTokens(await context.aws(), { ...subject, refreshToken });
    if (tokens !== undefined) await files.writeTokens(subject, tokens);
    return tokens;
  });
}

/** By whoever signs in there, who need not be the stack's own user: the pages ask for the user name too. */
async function signInHosted(
  context: Context,
  asked: { standing: StandingStack; hosted: HostedSignInOptions; expected: string | undefined },
): Promise<Tokens> {
  const { standing, hosted, expected } = asked;
  if (!context.ui.attended && !hosted.paste) {
    throw usageError(
      '--hosted-ui needs somebody in front of a browser, and --no-input says that there is nobody.',
      'Sign in with a password instead: leave out --hosted-ui.',
    );
  }
  const { signInOnHostedPages } = await import('./hosted/sign-in.ts');
  const { userPoolId, clientId } = tokenSubject(standing.outputs, standing.outputs.username ?? '');
  const pages = { clientId, domainUrl: standing.outputs.domainUrl };
  const tokens = await signInOnHostedPages(context, pages, { ...hosted, expected });
  const username = String(claimsOf(tokens.idToken)?.payload['cognito:username'] ?? '');
  await standing.files.writeTokens({ userPoolId, clientId, username }, tokens);
  return tokens;
}

function isGood(tokens: Tokens, nowMs: number): boolean {
  const claims = claimsOf(tokens.idToken);
  return claims !== undefined && claims.expiresAtMs > nowMs + marginMs;
}

async function signInByPassword(
  context: Context,
  { standing, subject, options }: { standing: StandingStack; subject: TokenSubject; options: SignInOptions },
): Promise<Tokens> {
  const stdin = await passwordsFromStdin(context, options);
  const password = stdin.password ?? (await findPassword(context, standing, subject.username));
  const { signIn } = await import('../aws/sign-in.ts');
  return signIn(await context.aws(), {
    ...subject,
    password,
    newPassword: async () => stdin.newPassword ?? askNewPassword(context, subject.username),
  });
}

/** With both options, the first line of stdin is the password and the second the new one. */
async function passwordsFromStdin(
  context: Context,
  options: SignInOptions,
): Promise<{ password?: string; newPassword?: string }> {
  if (!options.passwordStdin && !options.newPasswordStdin) return {};
  const [first = '', second = ''] = (await context.ui.readStdin()).split(/\r?\n/);
  const [password, newPassword] = options.passwordStdin ? [first, second] : [undefined, first];
  return { ...(password && { password }), ...(options.newPasswordStdin && newPassword && { newPassword }) };
}

async function findPassword(context: Context, standing: StandingStack, username: string): Promise<string> {
  const { env, ui } = context;
  if (env.DYNOPS_PASSWORD) return env.DYNOPS_PASSWORD;
  const isOwnUser = username.toLowerCase() === standing.outputs.username?.toLowerCase();
  const kept = isOwnUser ? await standing.files.readPassword() : undefined;
  if (kept !== undefined) return kept;
  if (ui.interactive) return ui.ask(`Password of ${username}`, { secret: true });
  throw new DynopsError({
    code: 'PasswordNeeded',
    message: `The password of ${username} is not stored on this machine, and there is no way to ask: ${whyUnasked(context)}.`,
    facts: { username },
  });
}

async function askNewPassword({ ui }: Context, username: string): Promise<string> {
  if (ui.interactive) return ui.ask(`${username} must choose a new password`, { secret: true });
  throw new DynopsError({
    code: 'NewPasswordNeeded',
    message: `${username} must choose a new password at this first sign-in.`,
    facts: { username },
  });
}
