import type { Aws } from '../aws/aws.ts';
import type { SignedIn } from '../aws/sign-in.ts';
import { DynopsError } from '../errors.ts';
import { shellQuoted } from '../ui/words.ts';
import type { Context } from './command.ts';
import { hasSignIn } from './outputs.ts';
import { ownCommand } from './own-command.ts';
import type { StandingStack } from './session.ts';

/** Signs in while the rest of the stack is being made; what is wrong is found out by `proveSignIn`, at the end. */
export async function trySignIn(
  aws: Aws,
  who: { userPoolId: string; clientId: string; username: string; password: string },
): Promise<SignedIn | undefined> {
  const { signIn } = await import('../aws/sign-in.ts');
  return signIn(aws, { ...who, newPassword: async () => who.password }).catch(() => undefined);
}

/**
 * Proves that the stack's user can sign in with the password that is kept, and sets that password where it cannot: of
 * several commands at once the one that made the user may be another than the one that kept its password. The tokens are
 * kept, so that what was proved once is not tried again. `given`: the password, where it is not kept; nor are its tokens.
 * `tried`: what it was given tokens for.
 */
export async function proveSignIn(
  context: Context,
  { outputs, files }: Omit<StandingStack, 'fromCache'>,
  { given, isNew, tried }: { given: string | undefined; isNew: boolean; tried?: SignedIn | undefined },
): Promise<void> {
  if (!hasSignIn(outputs) || (!isNew && (given !== undefined || (await files.readTokens(outputs)) !== undefined)))
    return;
  const [aws, { signIn }, { setPassword }] = await Promise.all([
    context.aws(),
    import('../aws/sign-in.ts'),
    import('../aws/users.ts'),
  ]);
  const { userPoolId, clientId, username } = outputs;
  const tokensFor = (password: string) =>
    signIn(aws, { userPoolId, clientId, username, password, newPassword: async () => password });
  await files.exclusively(async () => {
    const kept = await files.readPassword();
    const password = kept ?? given;
    if (password === undefined) return;
    try {
      const first = password === given && tried ? Promise.resolve(tried) : tokensFor(password);
      const tokens = await first.catch(async (error: unknown) => {
        if (!isWrongPassword(error) || kept === undefined) throw error;
        await setPassword(aws, userPoolId, { username, password, permanent: true });
        return tokensFor(password);
      });
      if (kept !== undefined) await files.writeTokens(outputs, tokens);
    } catch (error) {
      if (context.signal.aborted || !(error instanceof DynopsError)) throw error;
      const advice = isWrongPassword(error)
        ? ` ${ownCommand(context.options)(`user set-password ${shellQuoted(username)}`)} sets it.`
        : '';
      context.ui.warn(`${username} could not sign in: ${error.message}${advice}`);
    }
  });
}

const isWrongPassword = (error: unknown): boolean =>
  error instanceof DynopsError && error.facts.problem === 'wrong-password';
