import { DynopsError } from '../errors.ts';
import type { Context } from './command.ts';
import { hasSignIn } from './outputs.ts';
import { ownCommand } from './own-command.ts';
import type { StandingStack } from './session.ts';

/**
 * Proves that the stack's user can sign in with the password that is kept, and sets that password where it cannot: of
 * several commands at once the one that made the user may be another than the one that kept its password. The tokens are
 * kept, so that what was proved once is not tried again. `given`: the password, where it is not kept; nor are its tokens.
 */
export async function proveSignIn(
  context: Context,
  { outputs, files }: Omit<StandingStack, 'fromCache'>,
  { given, isNew }: { given: string | undefined; isNew: boolean },
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
      const tokens = await tokensFor(password).catch(async (error: unknown) => {
        if (!isWrongPassword(error) || kept === undefined) throw error;
        await setPassword(aws, userPoolId, { username, password, permanent: true });
        return tokensFor(password);
      });
      if (kept !== undefined) await files.writeTokens(outputs, tokens);
    } catch (error) {
      if (context.signal.aborted || !(error instanceof DynopsError)) throw error;
      const advice = isWrongPassword(error)
        ? ` ${ownCommand(context.options)(`user set-password ${username}`)} sets it.`
        : '';
      context.ui.warn(`${username} could not sign in: ${error.message}${advice}`);
    }
  });
}

const isWrongPassword = (error: unknown): boolean =>
  error instanceof DynopsError && error.facts.problem === 'wrong-password';
