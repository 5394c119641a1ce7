import {
  CreateRoleCommand,
  DeleteRoleCommand,
  DeleteRolePolicyCommand,
  DetachRolePolicyCommand,
  GetRoleCommand,
  GetRolePolicyCommand,
  IAMClient,
  ListAttachedRolePoliciesCommand,
  ListRolePoliciesCommand,
  PutRolePolicyCommand,
  TagRoleCommand,
  UntagRoleCommand,
  UpdateAssumeRolePolicyCommand,
} from '@aws-sdk/client-iam';
import { DynopsError } from '../errors.ts';
import type { Aws } from './aws.ts';
import { ignoreMissing } from './errors.ts';
import {
  canonical,
  differences,
  type OnWait,
  type Resource,
  sorted,
  type Tagged,
  type Tagging,
  type Tags,
  tagList,
  tagRecord,
} from './resource.ts';
import { waitFor } from './wait.ts';

export interface PolicyDocument {
  Version: '2012-10-17';
  Statement: Record<string, unknown>[];
}

export interface DesiredRole {
  name: string;
  description: string;
  trust: PolicyDocument;
  /** The one inline policy. */
  policyName: string;
  policy: PolicyDocument;
  tags: Tags;
}

export interface ActualRole extends Tagged {
  name: string;
  trust: unknown;
  /** Inline policy name → document. */
  inline: Record<string, unknown>;
  /** ARNs of managed policies. */
  attached: string[];
}

async function read(aws: Aws, { name }: { name: string }): Promise<ActualRole | undefined> {
  const found = await aws.call(IAMClient, new GetRoleCommand({ RoleName: name })).catch(ignoreMissing);
  const role = found?.Role;
  if (!role) return undefined;
  // Deleted by somebody in between.
  const policies = await Promise.all([readInline(aws, name), readAttached(aws, name)]).catch(ignoreMissing);
  if (!policies) return undefined;
  const [inline, attached] = policies;
  return {
    id: role.Arn ?? '',
    name: role.RoleName ?? name,
    tags: tagRecord(role.Tags),
    trust: parseDocument(role.AssumeRolePolicyDocument),
    inline,
    attached: sorted(attached),
  };
}

async function readInline(aws: Aws, RoleName: string): Promise<Record<string, unknown>> {
  const names: string[] = [];
  let Marker: string | undefined;
  do {
    const page = await aws.call(IAMClient, new ListRolePoliciesCommand({ RoleName, ...(Marker && { Marker }) }));
    names.push(...(page.PolicyNames ?? []));
    ({ Marker } = page);
  } while (Marker);
  const policies = names.map(async (PolicyName) => {
    const command = new GetRolePolicyCommand({ RoleName, PolicyName });
    const found = await aws.call(IAMClient, command).catch(ignoreMissing);
    // Deleted, and listed for a moment longer: the role itself still stands.
    return found ? [[PolicyName, parseDocument(found.PolicyDocument)] as const] : [];
  });
  return Object.fromEntries((await Promise.all(policies)).flat());
}

async function readAttached(aws: Aws, RoleName: string): Promise<string[]> {
  const arns: string[] = [];
  let Marker: string | undefined;
  do {
    const page = await aws.call(
      IAMClient,
      new ListAttachedRolePoliciesCommand({ RoleName, ...(Marker && { Marker }) }),
    );
    for (const { PolicyArn = '' } of page.AttachedPolicies ?? []) arns.push(PolicyArn);
    ({ Marker } = page);
  } while (Marker);
  return arns;
}

/** IAM answers with URL-encoded documents. */
function parseDocument(document: string | undefined): unknown {
  return JSON.parse(decodeURIComponent(document ?? '{}'));
}

function compare(desired: DesiredRole, actual: ActualRole) {
  return differences(
    { trust: desired.trust, policies: { [desired.policyName]: desired.policy }, attachedPolicies: [] },
    { trust: actual.trust, policies: actual.inline, attachedPolicies: actual.attached },
  );
}

async function create(aws: Aws, desired: DesiredRole): Promise<ActualRole> {
  const { Role } = await aws.call(
    IAMClient,
    new CreateRoleCommand({
      RoleName: desired.name,
      AssumeRolePolicyDocument: JSON.stringify(desired.trust),
      Description: desired.description,
      Tags: tagList(desired.tags),
    }),
  );
  await putPolicy(aws, desired);
  return {
    id: Role?.Arn ?? '',
    name: desired.name,
    tags: desired.tags,
    trust: desired.trust,
    inline: { [desired.policyName]: desired.policy },
    attached: [],
  };
}

async function update(
  aws: Aws,
  { desired, actual }: { desired: DesiredRole; actual: ActualRole },
): Promise<ActualRole> {
  const RoleName = desired.name;
  if (canonical(actual.trust) !== canonical(desired.trust)) {
    const PolicyDocument = JSON.stringify(desired.trust);
    await aws.call(IAMClient, new UpdateAssumeRolePolicyCommand({ RoleName, PolicyDocument }));
  }
  if (canonical(actual.inline[desired.policyName]) !== canonical(desired.policy)) await putPolicy(aws, desired);
  await removePolicies(aws, { ...actual, inline: omit(actual.inline, desired.policyName) });
  return {
    ...actual,
    trust: desired.trust,
    inline: { [desired.policyName]: desired.policy },
    attached: [],
  };
}

async function remove(aws: Aws, actual: ActualRole, onWait: OnWait): Promise<void> {
  await removePolicies(aws, actual);
  const command = new DeleteRoleCommand({ RoleName: actual.name });
  await waitFor(aws, {
    reason: `the policies of the role ${actual.name} are not gone yet`,
    limitMs: policiesGoneMs,
    onWait,
    async ask() {
      try {
        await aws.call(IAMClient, command);
      } catch (error) {
        if (!stillHasPolicies(error)) return ignoreMissing(error) ?? true;
        // Or another command has given it one since it was read.
        const again = await read(aws, actual);
        if (again) await removePolicies(aws, again);
        return undefined;
      }
      return true;
    },
  });
}

/** IAM may know of a policy for a moment longer; Terraform waits as long. */
const policiesGoneMs = 120_000;

const stillHasPolicies = (error: unknown) =>
  error instanceof DynopsError &&
  error.code === 'DeleteConflict' &&
  /(delete|detach all) policies first/.test(error.message);

async function putPolicy(aws: Aws, { name, policyName, policy }: DesiredRole): Promise<void> {
  const input = { RoleName: name, PolicyName: policyName, PolicyDocument: JSON.stringify(policy) };
  await aws.call(IAMClient, new PutRolePolicyCommand(input));
}

async function removePolicies(aws: Aws, role: ActualRole): Promise<void> {
  const RoleName = role.name;
  for (const PolicyName of Object.keys(role.inline)) {
    await aws.call(IAMClient, new DeleteRolePolicyCommand({ RoleName, PolicyName })).catch(ignoreMissing);
  }
  for (const PolicyArn of role.attached) {
    await aws.call(IAMClient, new DetachRolePolicyCommand({ RoleName, PolicyArn })).catch(ignoreMissing);
  }
}

function omit<Value>(record: Record<string, Value>, key: string): Record<string, Value> {
  return Object.fromEntries(Object.entries(record).filter(([name]) => name !== key));
}

const tagging: Tagging<ActualRole> = {
  set: (aws, { name }, tags) => aws.call(IAMClient, new TagRoleCommand({ RoleName: name, Tags: tagList(tags) })),
  remove: (aws, { name }, keys) => aws.call(IAMClient, new UntagRoleCommand({ RoleName: name, TagKeys: keys })),
};

export const role: Resource<DesiredRole, ActualRole> = { read, compare, create, update, remove, tagging };
