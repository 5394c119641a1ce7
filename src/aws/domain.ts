import {
  CognitoIdentityProviderClient,
  CreateUserPoolDomainCommand,
  DeleteUserPoolDomainCommand,
  DescribeUserPoolDomainCommand,
} from '@aws-sdk/client-cognito-identity-provider';
import type { Change } from '../change.ts';
import { DynopsError } from '../errors.ts';
import type { Aws } from './aws.ts';
import { ignoreMissing, isExisting, vanished } from './errors.ts';
import { differences, type Existing, type OnWait, type Resource } from './resource.ts';
import { waitFor } from './wait.ts';

export interface DesiredDomain {
  poolId: string;
  prefix: string;
  /** The domain that the pool has now; a pool can have only one. */
  present: string | undefined;
}

export interface ActualDomain extends Existing {
  poolId: string;
  prefix: string;
  status: string;
}

/** Terraform allows prefix domains a minute. */
const limitMs = 120_000;
const visibleMs = 10_000;
const shownMs = 3_000;

async function read(aws: Aws, desired: DesiredDomain): Promise<ActualDomain | undefined> {
  const { prefix } = desired;
  const found = await describe(aws, prefix);
  if (!found) return undefined;
  // A prefix that serves another pool of the account is somebody else's.
  return { ...found, id: prefix, prefix, foreign: found.poolId !== desired.poolId };
}

async function describe(aws: Aws, prefix: string): Promise<{ poolId: string; status: string } | undefined> {
  const command = new DescribeUserPoolDomainCommand({ Domain: prefix });
  const answer = await aws.call(CognitoIdentityProviderClient, command).catch(ignoreMissing);
  // An absent domain is answered with an empty description.
  const { UserPoolId: poolId, Status: status } = answer?.DomainDescription ?? {};
  return poolId && status ? { poolId, status } : undefined;
}

function compare(desired: DesiredDomain, actual: ActualDomain): Change[] {
  const fixed = differences({ poolId: desired.poolId }, { poolId: actual.poolId });
  return [
    ...fixed.map((change) => ({ ...change, replaces: true })),
    ...differences({ status: 'ACTIVE' }, { status: actual.status }),
  ];
}

async function create(aws: Aws, desired: DesiredDomain, onWait: OnWait): Promise<ActualDomain> {
  const { prefix, poolId, present } = desired;
  if (present !== undefined && present !== prefix) {
    await remove(aws, { id: present, prefix: present, poolId, status: 'ACTIVE' }, onWait);
  }
  // Version 1, the classic pages: the newer ones show nothing until they are given a style.
  const input = { UserPoolId: poolId, Domain: prefix, ManagedLoginVersion: 1 };
  await aws
    .call(CognitoIdentityProviderClient, new CreateUserPoolDomainCommand(input))
    .catch(async (error: unknown) => {
      // One of this account shows, and is looked at again; one of another account does not.
      if (isExisting(error) && !(await shows(aws, prefix))) throw taken(prefix, error);
      throw error;
    });
  await untilActive(aws, prefix, onWait);
  return { id: prefix, prefix, poolId, status: 'ACTIVE' };
}

async function update(
  aws: Aws,
  { desired, actual, onWait }: { desired: DesiredDomain; actual: ActualDomain; onWait: OnWait },
): Promise<ActualDomain> {
  if (actual.status === 'DELETING' || actual.status === 'FAILED') {
    await remove(aws, actual, onWait);
    return create(aws, desired, onWait);
  }
  await untilActive(aws, desired.prefix, onWait);
  return { ...actual, status: 'ACTIVE' };
}

async function remove(aws: Aws, { poolId, prefix, status }: ActualDomain, onWait: OnWait): Promise<void> {
  if (status !== 'DELETING') {
    const command = new DeleteUserPoolDomainCommand({ UserPoolId: poolId, Domain: prefix });
    await aws.call(CognitoIdentityProviderClient, command).catch(ignoreMissing);
  }
  await waitFor(aws, {
    reason: `the domain ${prefix} is still being deleted`,
    limitMs,
    onWait,
    ask: async () => ((await describe(aws, prefix)) === undefined ? true : undefined),
  });
}

/** Whether this account has such a domain. */
async function shows(aws: Aws, prefix: string): Promise<boolean> {
  const startedAtMs = aws.clock();
  return waitFor(aws, {
    reason: `the domain ${prefix} does not show yet`,
    limitMs: shownMs,
    onWait: () => undefined,
    async ask() {
      if ((await describe(aws, prefix)) !== undefined) return true;
      return aws.clock() - startedAtMs >= shownMs ? false : undefined;
    },
  });
}

function taken(prefix: string, cause: unknown): DynopsError {
  return new DynopsError({
    code: 'DomainTaken',
    message: `The sign-in domain ${prefix} belongs to another AWS account; prefixes are unique in a region.`,
    cause,
  });
}

async function untilActive(aws: Aws, prefix: string, onWait: OnWait): Promise<void> {
  const startedAtMs = aws.clock();
  await waitFor(aws, {
    reason: `the domain ${prefix} is not active yet`,
    limitMs,
    onWait,
    async ask() {
      const status = (await describe(aws, prefix))?.status;
      const gone = status === undefined && aws.clock() - startedAtMs > visibleMs;
      if (gone || status === 'DELETING') throw vanished(`The domain ${prefix}`);
      return status === 'ACTIVE' ? true : undefined;
    },
  });
}

export const domain: Resource<DesiredDomain, ActualDomain> = { read, compare, create, update, remove };
