import { usageError } from '../errors.ts';
import type { Context, Result } from '../session/command.ts';
import { tokenProblem } from '../session/refusal.ts';
import { type Claims, claimsOf } from '../session/token-claims.ts';
import { duration } from '../ui/words.ts';

export interface TokenOptions {
  access?: boolean;
  decode?: boolean;
  refresh?: boolean;
  for?: string;
  passwordStdin?: boolean;
  newPasswordStdin?: boolean;
  hostedUi?: boolean;
  /** False with `--no-browser`. */
  browser: boolean;
  paste?: boolean;
}

/** Prints a token and nothing else; with `--decode` what is in it. */
export async function token(context: Context, options: TokenOptions): Promise<Result> {
  const { hostedUi, browser, paste = false } = options;
  if (!hostedUi && (paste || !browser)) throw usageError('--no-browser and --paste go with --hosted-ui.');
  if (hostedUi && options.passwordStdin) throw usageError('--hosted-ui and --password-stdin cannot be used together.');
  const session = await context.session();
  const standing = await session.standing();
  const tokens = await session.tokens({
    ...options,
    username: options.for,
    hosted: hostedUi ? { browser, paste } : undefined,
  });
  const chosen = options.access ? tokens.accessToken : tokens.idToken;
  const claims = claimsOf(chosen);
  if (!options.decode || claims === undefined) {
    return {
      json: { ok: true, token: chosen, expiresAt: claims && new Date(claims.expiresAtMs) },
      text: `${chosen}\n`,
    };
  }
  const nowMs = context.clock();
  const problem = tokenProblem(claims, { outputs: standing.outputs, nowMs });
  const expires = new Date(claims.expiresAtMs).toISOString();
  const words = {
    expiry: `${expiryWords(claims, nowMs)} (${expires})`,
    verdict: problem === undefined ? 'The API would accept it.' : `The API would refuse it: ${problem.why}`,
  };
  const { header, payload } = claims;
  return {
    json: { ok: true, header, claims: payload, expiresAt: expires, accepted: problem === undefined, ...words },
    text: `${[JSON.stringify(header, null, 2), JSON.stringify(payload, null, 2), words.expiry, words.verdict].join('\n')}\n`,
  };
}

function expiryWords({ expiresAtMs }: Claims, nowMs: number): string {
  const leftMs = expiresAtMs - nowMs;
  return leftMs > 0 ? `It expires in ${duration(leftMs)}` : `It expired ${duration(-leftMs)} ago`;
}
