import { randomBytes } from 'node:crypto';
import { stackFiles } from '../home/stack-files.ts';
import type { Context } from './command.ts';

/**
 * The permanent password for the stack's user, asked for when it is made. A given one is not kept;
 * a generated one is in its file before AWS hears of it, so that it cannot be lost.
 */
export async function choosePassword(
  context: Context,
  { account, fromStdin }: { account: string; fromStdin: boolean },
): Promise<string> {
  const files = stackFiles(context.home, { choice: await context.choice(), account, stack: await context.stack() });
  const given = fromStdin ? (await context.ui.readStdin()).replace(/\r?\n$/, '') : context.env.DYNOPS_PASSWORD;
  return files.exclusively(async () => {
    if (given) {
      await files.forgetPassword();
      return given;
    }
    const kept = await files.readPassword();
    if (kept !== undefined) return kept;
    // One character of each kind first: an adopted pool may ask for them.
    const password = `Aa1-${randomBytes(18).toString('base64url')}`;
    await files.writePassword(password);
    return password;
  });
}
