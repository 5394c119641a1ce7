import type { ErrorCode } from '../error-codes.ts';
import { DynopsError } from '../errors.ts';
import type { Outputs } from '../home/stack-files.ts';
import { duration } from '../ui/words.ts';
import { audienceOf, type Claims, claimsOf } from './token-claims.ts';

/** Why the API refused a request, as far as the token that was sent tells. Exit 4. */
export function explainRefusal(
  status: number,
  sent: { token: string | undefined; outputs: Outputs; nowMs: number; message: string; requestId: string | undefined },
): DynopsError {
  const { code, why } = reason(sent);
  return new DynopsError({
    code,
    message: `The API answered ${status} ${sent.message}: ${why}`,
    facts: code === 'NoToken' ? { step: missingStep(sent.outputs) } : {},
    requestId: sent.requestId,
  });
}

interface Reason {
  code: ErrorCode;
  why: string;
}

function reason({ token, outputs, nowMs }: { token: string | undefined; outputs: Outputs; nowMs: number }): Reason {
  if (token === undefined) {
    return { code: 'NoToken', why: 'no token was sent.' };
  }
  const claims = claimsOf(token);
  return (
    (claims && tokenProblem(claims, { outputs, nowMs })) ?? {
      code: 'TokenRefused',
      why: "the token looks right, so the API's authorizer or deployment may differ from what it should be.",
    }
  );
}

/** The first step that is missing before somebody can sign in. */
function missingStep({ clientId, username }: Outputs): string | undefined {
  if (clientId === null) return 'client';
  return username === null ? 'user' : undefined;
}

/** What the authorizer would dislike about a token's claims; undefined when nothing. The signature is not checked. */
export function tokenProblem(
  claims: Claims,
  { outputs, nowMs }: { outputs: Outputs; nowMs: number },
): Reason | undefined {
  if (claims.expiresAtMs <= nowMs) {
    return {
      code: 'TokenExpired',
      why: `the token expired ${duration(nowMs - claims.expiresAtMs)} ago.`,
    };
  }
  if (claims.tokenUse !== 'id') {
    return {
      code: 'WrongTokenUse',
      why: `it is ${claims.tokenUse === 'access' ? 'an access token' : 'not an id token'}; the authorizer takes id tokens.`,
    };
  }
  if (!claims.issuer.endsWith(`/${outputs.userPoolId}`)) {
    return {
      code: 'ForeignPool',
      why: `the token is of another user pool (${claims.issuer}) than the API's, ${outputs.userPoolId}.`,
    };
  }
  if (audienceOf(claims) !== outputs.clientId) {
    return {
      code: 'ForeignClient',
      why: `the token is of another app client (${audienceOf(claims)}) than the stack's, ${outputs.clientId}.`,
    };
  }
  return undefined;
}
