import { DynopsError, usageError } from '../errors.ts';
import { readArgument } from '../session/argument.ts';
import type { Context, Result } from '../session/command.ts';
import { stackSettings } from '../session/stack-settings.ts';

export interface AuthorizerTestOptions {
  /** @FILE or -; default: the token of the stack's user. */
  token?: string;
}

/** What the authorizer says of a token: the response code and the claims. Exit 4 when it refuses it. */
export async function authorizerTest(context: Context, options: AuthorizerTestOptions): Promise<Result> {
  const token = await chosenToken(context, options);
  const [aws, settings, { standingIds }, { testAuthorizer }] = await Promise.all([
    context.aws(),
    stackSettings(context, {}),
    import('../stack/stack.ts'),
    import('../aws/authorizer-test.ts'),
  ]);
  const { signal } = context;
  const { apiId, authorizerId } = await standingIds(aws, { settings, signal, onEvent: () => undefined });
  if (apiId === null || authorizerId === null) {
    throw new DynopsError({
      code: 'StepMissing',
      message: 'There is no authorizer to test yet.',
      facts: { step: 'authorizer' },
    });
  }
  const verdict = await testAuthorizer(aws, { apiId, authorizerId, token });
  const claims = JSON.stringify(verdict.claims, null, 2);
  if (verdict.status === 200) {
    return { json: { ok: true, ...verdict }, text: `Response code: 200\nClaims:\n${claims}\n` };
  }
  const error = new DynopsError({
    code: 'TokenRefused',
    message: `The authorizer answers ${verdict.status} to this token.`,
    facts: { step: 'authorizer' },
  });
  return { json: verdict, text: `Response code: ${verdict.status}\n`, error };
}

async function chosenToken(context: Context, { token }: AuthorizerTestOptions): Promise<string> {
  if (token === undefined) return (await (await context.session()).tokens()).idToken;
  if (token !== '-' && !token.startsWith('@')) {
    throw usageError('--token takes - for stdin, or @FILE.', 'Arguments can be read by every user of the machine.');
  }
  return (await readArgument(token, '--token', context)).trim();
}
