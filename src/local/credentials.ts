import { createHmac, randomBytes } from 'node:crypto';
import { equalInConstantTime } from './constant-time.ts';
import type { Secret } from './http/signature.ts';

/**
 * Temporary credentials: those that Lambda puts into a running function's environment, and STS's. Nothing is stored: the token says
 * whom it is for and until when, and is sealed with the installation's own secret, which also derives its secret key.
 */

/** Whose session it is. */
export interface Session {
  /** undefined: this installation's owner. */
  roleArn?: string;
  /** A function's name, or what the caller of AssumeRole chose. */
  name: string;
  /** Tags that a session from this one has, too; in lower case. */
  transitiveTagKeys?: string[];
}

/** As which the owner of this installation calls. */
export const rootArn = (accountId: string) => `arn:aws:iam::${accountId}:root`;

/** As which a session of a role calls. */
export const sessionArn = (accountId: string, { roleArn, name }: { roleArn: string; name: string }) =>
  `arn:aws:sts::${accountId}:assumed-role/${roleArn.split('/').at(-1)}/${name}`;

interface Claims extends Session {
  expiresAtMs: number;
  /** Of the role when it was assumed; undefined: the owner, or a function whose role had been deleted. */
  roleId?: string;
}

/** Of functions: longer than one of their processes lives. */
const usualSeconds = 12 * 3_600;
const maxKnown = 500;

export interface SessionCredentials {
  issue(session: Session, validSeconds?: number): Required<Secret> & { expiresAtMs: number };
  /** undefined: not one of ours, altered, expired, or of a role that is no more, though another may have its name. */
  open(accessKeyId: string, sessionToken: string): { secret: Secret; claims: Claims } | undefined;
}

export function createSessionCredentials(options: {
  sealingKey: string;
  clock: () => number;
  /** Of the role that has this ARN now. */
  roleIdOf: (arn: string) => string | undefined;
}): SessionCredentials {
  const roleIdOf = ({ roleArn }: Session) => (roleArn === undefined ? undefined : options.roleIdOf(roleArn));

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
    issue(session, validSeconds = usualSeconds) {
      const expiresAtMs = options.clock() + validSeconds * 1000;
      const claims = { ...session, roleId: roleIdOf(session), expiresAtMs, nonce: randomBytes(6).toString('hex') };
      const payload = Buffer.from(JSON.stringify(claims)).toString('base64url');
      return { ...keysOf(payload), sessionToken: sealed(payload), expiresAtMs };
    },
    open(accessKeyId, sessionToken) {
      const opened = known.get(sessionToken) ?? openSealed(sessionToken);
      if (opened?.secret.accessKeyId !== accessKeyId) return undefined;
      const { claims } = opened;
      return claims.expiresAtMs < options.clock() || claims.roleId !== roleIdOf(claims) ? undefined : opened;
    },
  };
}
