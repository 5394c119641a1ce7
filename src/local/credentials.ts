import { createHmac, randomBytes } from 'node:crypto';
import { equalInConstantTime } from './constant-time.ts';
import type { Secret } from './http/signature.ts';

/**
 * Temporary credentials for a running function, as Lambda puts into its environment. Nothing is stored: the token says
 * whom it is for and until when, and is sealed with the installation's own secret, which also derives its secret key.
 */

interface Claims {
  roleArn: string;
  functionName: string;
  expiresAtMs: number;
}

const validForMs = 12 * 3_600_000;
const maxKnown = 500;

export interface FunctionCredentials {
  issue(owner: { roleArn: string; functionName: string }): Required<Secret>;
  /** undefined: not one of ours, altered, or expired. */
  open(accessKeyId: string, sessionToken: string): { secret: Secret; claims: Claims } | undefined;
}

export function createFunctionCredentials(options: { sealingKey: string; clock: () => number }): FunctionCredentials {
  const mac = (purpose: string, text: string) =>
    createHmac('sha256', options.sealingKey).update(`${purpose}\n${text}`).digest('base64url');

  function keysOf(payload: string): { accessKeyId: string; secretAccessKey: string } {
    const id = createHmac('sha256', options.sealingKey).update(`id\n${payload}`).digest('hex').toUpperCase();
    return { accessKeyId: `ASIA${id.slice(0, 16)}`, secretAccessKey: mac('key', payload) };
  }

  const sealed = (payload: string) => `${payload}.${mac('token', payload)}`;
  /** Tokens whose seal was checked: a function sends the same one with every call. */
  const known = new Map<string, { secret: Required<Secret>; claims: Claims }>();

  function openSealed(sessionToken: string): { secret: Required<Secret>; claims: Claims } | undefined {
    const [payload = ''] = sessionToken.split('.');
    if (!equalInConstantTime(sessionToken, sealed(payload))) return undefined;
    // The seal proves that this was written by `issue`.
    const claims = JSON.parse(Buffer.from(payload, 'base64url').toString()) as Claims;
    const opened = { secret: { ...keysOf(payload), sessionToken }, claims };
    if (known.size >= maxKnown) known.delete(known.keys().next().value ?? '');
    known.set(sessionToken, opened);
    return opened;
  }

  return {
    issue({ roleArn, functionName }) {
      const claims = {
        roleArn,
        functionName,
        expiresAtMs: options.clock() + validForMs,
        nonce: randomBytes(6).toString('hex'),
      };
      const payload = Buffer.from(JSON.stringify(claims)).toString('base64url');
      return { ...keysOf(payload), sessionToken: sealed(payload) };
    },
    open(accessKeyId, sessionToken) {
      const opened = known.get(sessionToken) ?? openSealed(sessionToken);
      if (opened?.secret.accessKeyId !== accessKeyId) return undefined;
      return opened.claims.expiresAtMs < options.clock() ? undefined : opened;
    },
  };
}
