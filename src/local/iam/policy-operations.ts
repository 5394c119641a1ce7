import { createHash } from 'node:crypto';
import type {
  CreatePolicyCommandInput,
  CreatePolicyVersionCommandInput,
  DeletePolicyCommandInput,
  DeletePolicyVersionCommandInput,
  GetPolicyCommandInput,
  GetPolicyVersionCommandInput,
  IAM,
  ListEntitiesForPolicyCommandInput,
  ListPoliciesCommandInput,
  ListPolicyTagsCommandInput,
  ListPolicyVersionsCommandInput,
  SetDefaultPolicyVersionCommandInput,
  TagPolicyCommandInput,
  UntagPolicyCommandInput,
} from '@aws-sdk/client-iam';
import { ownMember } from '../../own-member.ts';
import type { Engine } from '../engine.ts';
import type { Operations } from '../operations.ts';
import { textOrderOf } from '../paging.ts';
import { AwsError, type Call } from '../service.ts';
import { pageOf } from './paging.ts';
import { checkManagedPolicy } from './policy-grammar.ts';
import { isOfAws, type Uses, usesOfPolicies } from './policy-uses.ts';
import { checkManagedSize } from './quotas.ts';
import { newId } from './role-operations.ts';
import { awsManagedPolicies, nameKey, type PolicyRecord, policiesOf, type RoleRecord, rolesOf } from './roles.ts';
import { mergeTags } from './tags.ts';

/** Recorded (2026): localstack `iam/test_iam_policies` TestPolicyTags. */
const policyTags = { sameKey: (key: string) => key, repeated: 'Duplicate tag keys found.' };
/** AWS keeps at most five versions of a managed policy. */
const maxVersions = 5;

async function createPolicy(input: CreatePolicyCommandInput, { engine }: Call) {
  const name = input.PolicyName ?? '';
  const document = input.PolicyDocument ?? '';
  checkManagedPolicy(document);
  checkManagedSize(document);
  const path = input.Path ?? '/';
  const arn = `arn:aws:iam::${engine.accountId}:policy${path}${name}`;
  // Whatever their paths and the case of their letters: API reference, CreatePolicy.
  if (
    policiesOf(engine)
      .values()
      .some((known) => nameKey(known.name) === nameKey(name))
  ) {
    throw new AwsError(
      'EntityAlreadyExistsException',
      `A policy called ${name} already exists. Duplicate names are not allowed.`,
    );
  }
  const createdAtMs = engine.clock();
  const policy: PolicyRecord = {
    name,
    id: newId('ANPA'),
    path,
    arn,
    ...(input.Description && { description: input.Description }),
    createdAtMs,
    tags: mergeTags([], input.Tags, policyTags),
    versions: [{ id: 'v1', document, createdAtMs }],
    defaultVersion: 'v1',
  };
  await policiesOf(engine).put(arn, policy);
  // Recorded: without tags and description where none were given.
  return { Policy: { ...describePolicy(policy, undefined), Tags: policy.tags.length > 0 ? policy.tags : undefined } };
}

function getPolicy(input: GetPolicyCommandInput, { engine }: Call) {
  const policy = requirePolicy(engine, input.PolicyArn);
  return { Policy: describePolicy(policy, usesOfPolicies(engine).get(policy.arn)) };
}

function listPolicies(input: ListPoliciesCommandInput, { engine }: Call) {
  const {
    Scope: scope = 'All',
    PathPrefix: prefix = '/',
    OnlyAttached: onlyAttached,
    PolicyUsageFilter: usage,
  } = input;
  const uses = usesOfPolicies(engine);
  const awsArns = new Set([...Object.keys(awsManagedPolicies), ...[...uses.keys()].filter(isOfAws)]);
  const all = [
    ...(scope === 'AWS' ? [] : policiesOf(engine).values()),
    ...(scope === 'Local' ? [] : [...awsArns].map(awsPolicy)),
  ];
  const described = all
    .filter(({ path }) => path.startsWith(prefix))
    .map((policy) => describePolicy(policy, uses.get(policy.arn)));
  const listed = described.filter(({ AttachmentCount, PermissionsBoundaryUsageCount }) => {
    if (onlyAttached && AttachmentCount === 0) return false;
    return (
      usage === undefined || (usage === 'PermissionsBoundary' ? PermissionsBoundaryUsageCount : AttachmentCount) > 0
    );
  });
  const { items, ...page } = pageOf(listed, ({ Arn }) => Arn ?? '', input);
  // API reference: listings have neither.
  return { Policies: items.map((policy) => ({ ...policy, Tags: undefined, Description: undefined })), ...page };
}

async function deletePolicy(input: DeletePolicyCommandInput, { engine }: Call) {
  const policy = requirePolicy(engine, input.PolicyArn);
  if (usesOfPolicies(engine).get(policy.arn)?.attached) {
    throw new AwsError('DeleteConflictException', 'Cannot delete a policy attached to entities.');
  }
  if (policy.versions.length > 1) {
    throw new AwsError(
      'DeleteConflictException',
      'This policy has more than one version. Before you delete a policy, you must delete the policy versions. The default version is deleted with the policy.',
    );
  }
  await policiesOf(engine).delete(policy.arn);
}

/** A policy that is not there has no version either. */
function requireVersion(engine: Engine, { PolicyArn, VersionId }: GetPolicyVersionCommandInput) {
  const policy = findPolicy(engine, PolicyArn);
  const version = policy?.versions.find(({ id }) => id === VersionId);
  if (policy && version) return { policy, version };
  const message = `Policy ${PolicyArn} version ${VersionId} does not exist or is not attachable.`;
  throw new AwsError('NoSuchEntityException', message);
}

function getPolicyVersion(input: GetPolicyVersionCommandInput, { engine }: Call) {
  const { policy, version } = requireVersion(engine, input);
  return { PolicyVersion: { ...describeVersion(policy, version), Document: encodeURIComponent(version.document) } };
}

function listPolicyVersions(input: ListPolicyVersionsCommandInput, { engine }: Call) {
  const policy = requirePolicy(engine, input.PolicyArn);
  const { items, ...page } = pageOf(policy.versions, ({ id }) => textOrderOf(Number(id.slice(1))), {
    ...input,
    descending: true,
  });
  return { Versions: items.map((version) => describeVersion(policy, version)), ...page };
}

async function createPolicyVersion(input: CreatePolicyVersionCommandInput, { engine }: Call) {
  const policy = requirePolicy(engine, input.PolicyArn);
  const document = input.PolicyDocument ?? '';
  checkManagedPolicy(document);
  checkManagedSize(document);
  if (policy.versions.length >= maxVersions) {
    throw new AwsError(
      'LimitExceededException',
      'A managed policy can have up to 5 versions. Before you create a new version, you must delete an existing version.',
    );
  }
  const newest = Number(policy.versions.at(-1)?.id.slice(1) ?? 0);
  const version = { id: `v${newest + 1}`, document, createdAtMs: engine.clock() };
  const changed = {
    ...policy,
    versions: [...policy.versions, version],
    defaultVersion: input.SetAsDefault ? version.id : policy.defaultVersion,
  };
  await policiesOf(engine).put(policy.arn, changed);
  return { PolicyVersion: describeVersion(changed, version) };
}

async function deletePolicyVersion(input: DeletePolicyVersionCommandInput, { engine }: Call) {
  requirePolicy(engine, input.PolicyArn);
  const { policy } = requireVersion(engine, input);
  if (policy.defaultVersion === input.VersionId) {
    throw new AwsError('DeleteConflictException', 'Cannot delete the default version of a policy.');
  }
  const versions = policy.versions.filter(({ id }) => id !== input.VersionId);
  await policiesOf(engine).put(policy.arn, { ...policy, versions });
}

async function setDefaultPolicyVersion(input: SetDefaultPolicyVersionCommandInput, { engine }: Call) {
  const { policy, version } = requireVersion(engine, input);
  await policiesOf(engine).put(policy.arn, { ...policy, defaultVersion: version.id });
}

function listEntitiesForPolicy(input: ListEntitiesForPolicyCommandInput, { engine }: Call) {
  const { arn } = requirePolicy(engine, input.PolicyArn);
  const {
    EntityFilter: kind = 'Role',
    PathPrefix: prefix = '/',
    PolicyUsageFilter: usage = 'PermissionsPolicy',
  } = input;
  const isOfKind = kind === 'Role' || kind === 'LocalManagedPolicy';
  const uses = ({ attached, permissionsBoundary }: RoleRecord) =>
    usage === 'PermissionsPolicy' ? attached.includes(arn) : permissionsBoundary === arn;
  const all = isOfKind ? rolesOf(engine).values() : [];
  const roles = all.filter((role) => uses(role) && role.path.startsWith(prefix));
  const { items, ...page } = pageOf(roles, ({ name }) => nameKey(name), input);
  return {
    PolicyGroups: [],
    PolicyUsers: [],
    PolicyRoles: items.map(({ name, id }) => ({ RoleName: name, RoleId: id })),
    ...page,
  };
}

async function tagPolicy(input: TagPolicyCommandInput, { engine }: Call) {
  const policy = requirePolicy(engine, input.PolicyArn);
  await policiesOf(engine).put(policy.arn, { ...policy, tags: mergeTags(policy.tags, input.Tags, policyTags) });
}

async function untagPolicy(input: UntagPolicyCommandInput, { engine }: Call) {
  const policy = requirePolicy(engine, input.PolicyArn);
  const tags = policy.tags.filter(({ Key }) => !input.TagKeys?.includes(Key));
  await policiesOf(engine).put(policy.arn, { ...policy, tags });
}

function listPolicyTags(input: ListPolicyTagsCommandInput, { engine }: Call) {
  const { items, ...page } = pageOf(requirePolicy(engine, input.PolicyArn).tags, ({ Key }) => Key ?? '', input);
  return { Tags: items, ...page };
}

function requirePolicy(engine: Engine, arn: string | undefined): PolicyRecord {
  const found = findPolicy(engine, arn);
  if (!found) throw new AwsError('NoSuchEntityException', `Policy ${arn} was not found.`);
  return found;
}

function findPolicy(engine: Engine, arn: string | undefined): PolicyRecord | undefined {
  const own = policiesOf(engine).get(arn ?? '');
  if (own || arn === undefined) return own;
  const isKnown = Object.hasOwn(awsManagedPolicies, arn) || (isOfAws(arn) && usesOfPolicies(engine).has(arn));
  return isKnown ? awsPolicy(arn) : undefined;
}

/** AWS's own policies: those known here, and what roles have beside them. Recorded: localstack test_list_policies_only_attached (2026-02). */
function awsPolicy(arn: string): PolicyRecord {
  const document = ownMember(awsManagedPolicies, arn);
  const name = arn.split('/').at(-1) ?? '';
  // What others of AWS's policies say is not known here.
  const versions = document === undefined ? [] : [{ id: 'v1', document, createdAtMs: 0 }];
  return {
    name,
    id: `ANPA${createHash('sha256').update(arn).digest('hex').slice(0, 17).toUpperCase()}`,
    path: `/${arn.split(':policy/')[1]?.slice(0, -name.length) ?? ''}`,
    arn,
    createdAtMs: 0,
    tags: [],
    versions,
    defaultVersion: 'v1',
  };
}

function describePolicy(policy: PolicyRecord, uses: Uses | undefined) {
  return {
    PolicyName: policy.name,
    PolicyId: policy.id,
    Arn: policy.arn,
    Path: policy.path,
    DefaultVersionId: policy.defaultVersion,
    AttachmentCount: uses?.attached ?? 0,
    PermissionsBoundaryUsageCount: uses?.boundaries ?? 0,
    IsAttachable: true,
    Description: policy.description,
    CreateDate: new Date(policy.createdAtMs),
    UpdateDate: new Date(policy.versions.at(-1)?.createdAtMs ?? policy.createdAtMs),
    Tags: policy.tags,
  };
}

function describeVersion(policy: PolicyRecord, version: PolicyRecord['versions'][number]) {
  return {
    VersionId: version.id,
    IsDefaultVersion: version.id === policy.defaultVersion,
    CreateDate: new Date(version.createdAtMs),
  };
}

export const policyOperations = {
  CreatePolicy: createPolicy,
  CreatePolicyVersion: createPolicyVersion,
  DeletePolicy: deletePolicy,
  DeletePolicyVersion: deletePolicyVersion,
  GetPolicy: getPolicy,
  GetPolicyVersion: getPolicyVersion,
  ListEntitiesForPolicy: listEntitiesForPolicy,
  ListPolicies: listPolicies,
  ListPolicyTags: listPolicyTags,
  ListPolicyVersions: listPolicyVersions,
  SetDefaultPolicyVersion: setDefaultPolicyVersion,
  TagPolicy: tagPolicy,
  UntagPolicy: untagPolicy,
} satisfies Operations<IAM>;
