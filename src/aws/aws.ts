import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { leavesMachine } from '../endpoint/proxy.ts';
import type { Target } from '../endpoint/target.ts';
import type { Environment } from '../environment.ts';
import { DynopsError } from '../errors.ts';
import { type Caller, createCaller, type OnCall } from './call.ts';

/** An account and region of an AWS-compatible endpoint, and the way to call it. */
export interface Aws extends Caller {
  /** How the target was chosen; said in reports, and tells the embedded engine from endpoints that are still to be known. */
  targetKind: Target['kind'];
  region: string;
  /** `aws`, `aws-cn`, `aws-us-gov`, … as the caller's own ARN says. */
  partition: string;
  /** 12 digits. */
  accountId: string;
  /** Who calls: a user, or a role's session. */
  callerArn: string;
  /** Without a trailing slash; undefined for AWS's own endpoints. */
  endpoint: string | undefined;
  /** `amazonaws.com`, or what the partition has instead. */
  urlSuffix: string;
}

export interface ConnectOptions {
  target: Target;
  /** The only account of AWS to act in; another is refused. */
  account?: string | undefined;
  /** Says of proxies and authorities. */
  env?: Environment | undefined;
  /** Aborted: calls in flight finish, no new one starts, waits end. Its reason is thrown. */
  signal: AbortSignal;
  /** Told of every attempt at a call, for `--debug`. */
  onCall?: OnCall | undefined;
  clock?: () => number;
  sleep?: (ms: number) => Promise<void>;
}

const urlSuffixes: Record<string, string> = { 'aws-cn': 'amazonaws.com.cn', 'aws-eusc': 'amazonaws.eu' };

/**
 * Finds out whose account the credentials open. Throws DynopsError, exit status 4, for credentials that are missing,
 * expired or refused.
 */
export async function connect(options: ConnectOptions): Promise<Aws> {
  const { target, env = {} } = options;
  const isOutside = target.endpoint === undefined || leavesMachine(target.endpoint);
  const agents = isOutside ? (await import('../endpoint/way-out.ts')).agentsFor(env) : undefined;
  const caller = createCaller({ ...options, agents });
  const { Account, Arn = '' } = await caller.call(STSClient, new GetCallerIdentityCommand({}));
  // Folders are named by it.
  if (Account === undefined || !/^[\w-]+$/.test(Account)) throw noAccount(target);
  if (target.kind === 'aws' && options.account !== undefined && options.account !== Account) {
    throw new DynopsError({
      code: 'WrongAccount',
      message: `The credentials belong to account ${Account}, and dynops.json says ${options.account}. Nothing was changed.`,
      facts: { profile: target.profile },
    });
  }
  const partition = Arn.split(':')[1] || 'aws';
  return {
    ...caller,
    targetKind: target.kind,
    region: target.region,
    partition,
    accountId: Account,
    callerArn: Arn,
    endpoint: target.endpoint?.replace(/\/+$/, ''),
    urlSuffix: urlSuffixes[partition] ?? 'amazonaws.com',
  };
}

function noAccount({ endpoint }: Target): DynopsError {
  return new DynopsError({
    code: 'UnreadableAnswer',
    message: `STS GetCallerIdentity: ${endpoint ?? 'the endpoint'} answered without an account.`,
    facts: { endpoint },
  });
}
