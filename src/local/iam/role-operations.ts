import { randomBytes } from 'node:crypto';
import type {
  AttachRolePolicyCommandInput,
  CreateRoleCommandInput,
  DeleteRoleCommandInput,
  DeleteRolePermissionsBoundaryCommandInput,
  DeleteRolePolicyCommandInput,
  DetachRolePolicyCommandInput,
  GetRoleCommandInput,
  GetRolePolicyCommandInput,
  IAM,
  ListAttachedRolePoliciesCommandInput,
  ListInstanceProfilesForRoleCommandInput,
  ListRolePoliciesCommandInput,
  ListRolesCommandInput,
  ListRoleTagsCommandInput,
  PermissionsBoundaryAttachmentType,
  PutRolePermissionsBoundaryCommandInput,
  PutRolePolicyCommandInput,
  TagRoleCommandInput,
  UntagRoleCommandInput,
  UpdateAssumeRolePolicyCommandInput,
  UpdateRoleCommandInput,
  UpdateRoleDescriptionCommandInput,
} from '@aws-sdk/client-iam';
import { ownMember } from '../../own-member.ts';
import type { Engine } from '../engine.ts';
import { type Operations, unlisted } from '../operations.ts';
import { AwsError, type Call } from '../service.ts';
import { pageOf } from './paging.ts';
import { checkInlinePolicy } from './policy-grammar.ts';
import { isOfAws } from './policy-uses.ts';
import { checkAttached, checkInlineSize, checkTrustSize } from './quotas.ts';
import { checkTrust, nameKey, policiesOf, type RoleRecord, rolesOf } from './roles.ts';
import { mergeTags, roleTags } from './tags.ts';

/** Recorded (2025, 2026): what only GetRole tells. */
const unread = { MaxSessionDuration: undefined, RoleLastUsed: undefined };

function createRole(input: CreateRoleCommandInput, { engine }: Call) {
  const name = input.RoleName ?? '';
  const trustPolicy = input.AssumeRolePolicyDocument ?? '';
  checkTrust(engine, trustPolicy);
  checkTrustSize(trustPolicy);
  if (rolesOf(engine).get(nameKey(name))) {
    throw new AwsError('EntityAlreadyExistsException', `Role with name ${name} already exists.`);
  }
  const path = input.Path ?? '/';
  const now = engine.clock();
  const role: RoleRecord = {
    name,
    id: newId('AROA'),
    path,
    arn: `arn:aws:iam::${engine.accountId}:role${path}${name}`,
    trustPolicy,
    ...(input.Description && { description: input.Description }),
    maxSessionSeconds: input.MaxSessionDuration ?? 3600,
    ...(input.PermissionsBoundary && { permissionsBoundary: checkBoundary(engine, input.PermissionsBoundary) }),
    createdAtMs: now,
    assumableAtMs: now + engine.simulation.delayMs('iam.role-assumable'),
    inline: {},
    attached: [],
    tags: mergeTags([], input.Tags),
  };
  return (
    rolesOf(engine)
      .put(nameKey(name), role)
      // Recorded: what was just made has no description yet either.
      .then(() => ({ Role: { ...describeRole(role), ...unread, Description: undefined } }))
  );
}

function getRole(input: GetRoleCommandInput, { engine }: Call) {
  return { Role: describeRole(requireRole(engine, input.RoleName)) };
}

function listRoles(input: ListRolesCommandInput, { engine }: Call) {
  const roles = rolesOf(engine)
    .values()
    .filter(({ path }) => path.startsWith(input.PathPrefix ?? '/'));
  const { items, ...page } = pageOf(roles, ({ name }) => nameKey(name), input);
  const left = { Tags: undefined, PermissionsBoundary: undefined, RoleLastUsed: undefined };
  return { Roles: items.map((role) => ({ ...describeRole(role), ...left })), ...page };
}

async function updateRole(input: UpdateRoleCommandInput, { engine }: Call) {
  const role = requireRole(engine, input.RoleName);
  await save(engine, {
    ...role,
    ...(input.Description !== undefined && { description: input.Description }),
    maxSessionSeconds: input.MaxSessionDuration ?? role.maxSessionSeconds,
  });
  return {};
}

async function updateRoleDescription(input: UpdateRoleDescriptionCommandInput, { engine }: Call) {
  const role = { ...requireRole(engine, input.RoleName), description: input.Description ?? '' };
  await save(engine, role);
  return { Role: { ...describeRole(role), ...unread } };
}

async function updateAssumeRolePolicy(input: UpdateAssumeRolePolicyCommandInput, { engine }: Call) {
  const trustPolicy = input.PolicyDocument ?? '';
  checkTrust(engine, trustPolicy);
  checkTrustSize(trustPolicy);
  await save(engine, { ...requireRole(engine, input.RoleName), trustPolicy });
}

async function deleteRole(input: DeleteRoleCommandInput, { engine }: Call) {
  const role = requireRole(engine, input.RoleName);
  if (role.attached.length > 0) {
    throw new AwsError('DeleteConflictException', 'Cannot delete entity, must detach all policies first.');
  }
  if (Object.keys(role.inline).length > 0) {
    throw new AwsError('DeleteConflictException', 'Cannot delete entity, must delete policies first.');
  }
  await rolesOf(engine).delete(nameKey(role.name));
}

async function putRolePolicy(input: PutRolePolicyCommandInput, { engine }: Call) {
  const role = requireRole(engine, input.RoleName);
  const name = input.PolicyName ?? '';
  const document = input.PolicyDocument ?? '';
  checkInlinePolicy(document);
  const changed = { ...role, inline: { ...role.inline, [name]: document } };
  checkInlineSize(changed);
  await save(engine, changed);
}

function getRolePolicy(input: GetRolePolicyCommandInput, { engine }: Call) {
  const role = requireRole(engine, input.RoleName);
  const document = requireInline(role, input.PolicyName);
  return { RoleName: role.name, PolicyName: input.PolicyName, PolicyDocument: encodeURIComponent(document) };
}

function listRolePolicies(input: ListRolePoliciesCommandInput, { engine }: Call) {
  const { items, ...page } = pageOf(Object.keys(requireRole(engine, input.RoleName).inline), (name) => name, input);
  return { PolicyNames: items, ...page };
}

async function deleteRolePolicy(input: DeleteRolePolicyCommandInput, { engine }: Call) {
  const role = requireRole(engine, input.RoleName);
  requireInline(role, input.PolicyName);
  const inline = Object.fromEntries(Object.entries(role.inline).filter(([name]) => name !== input.PolicyName));
  await save(engine, { ...role, inline });
}

/** What a role may do at most, whatever its own policies allow. */
async function putRolePermissionsBoundary(input: PutRolePermissionsBoundaryCommandInput, { engine }: Call) {
  const role = requireRole(engine, input.RoleName);
  await save(engine, { ...role, permissionsBoundary: checkBoundary(engine, input.PermissionsBoundary ?? '') });
}

async function deleteRolePermissionsBoundary(input: DeleteRolePermissionsBoundaryCommandInput, { engine }: Call) {
  const { permissionsBoundary: _, ...role } = requireRole(engine, input.RoleName);
  await save(engine, role);
}

function checkBoundary(engine: Engine, arn: string): string {
  if (!/^arn:[\w-]+:iam::(\d{12}|aws):policy\//.test(arn)) {
    throw new AwsError('InvalidInputException', `ARN ${arn} is not valid.`);
  }
  if (isPolicy(engine, arn)) return arn;
  throw new AwsError('NoSuchEntityException', `Scope ARN: ${arn} does not exist or is not attachable.`);
}

const isPolicy = (engine: Engine, arn: string) => policiesOf(engine).get(arn) !== undefined || isOfAws(arn);

async function attachRolePolicy(input: AttachRolePolicyCommandInput, { engine }: Call) {
  const role = requireRole(engine, input.RoleName);
  const arn = input.PolicyArn ?? '';
  if (!arn.startsWith('arn:')) throw new AwsError('ValidationError', `ARN ${arn} is not valid.`);
  if (!isPolicy(engine, arn)) {
    throw new AwsError('NoSuchEntityException', `Policy ${arn} does not exist or is not attachable.`);
  }
  const attached = [...new Set([...role.attached, arn])];
  checkAttached(attached);
  await save(engine, { ...role, attached });
}

async function detachRolePolicy(input: DetachRolePolicyCommandInput, { engine }: Call) {
  const role = requireRole(engine, input.RoleName);
  if (!role.attached.includes(input.PolicyArn ?? '')) {
    throw new AwsError('NoSuchEntityException', `Policy ${input.PolicyArn} was not found.`);
  }
  await save(engine, { ...role, attached: role.attached.filter((arn) => arn !== input.PolicyArn) });
}

function listAttachedRolePolicies(input: ListAttachedRolePoliciesCommandInput, { engine }: Call) {
  const prefix = input.PathPrefix ?? '/';
  const policies = requireRole(engine, input.RoleName).attached.filter((arn) =>
    `/${arn.split(':policy/')[1] ?? ''}`.startsWith(prefix),
  );
  const { items, ...page } = pageOf(policies, (arn) => arn, input);
  const attached = items.map((PolicyArn) => ({ PolicyArn, PolicyName: PolicyArn.split('/').at(-1) ?? '' }));
  return { AttachedPolicies: attached, ...page };
}

function listInstanceProfilesForRole(input: ListInstanceProfilesForRoleCommandInput, { engine }: Call) {
  requireRole(engine, input.RoleName);
  const { items, ...page } = pageOf([], String, input);
  return { InstanceProfiles: items, ...page };
}

async function tagRole(input: TagRoleCommandInput, { engine }: Call) {
  const role = requireRole(engine, input.RoleName);
  await save(engine, { ...role, tags: mergeTags(role.tags, input.Tags) });
}

async function untagRole(input: UntagRoleCommandInput, { engine }: Call) {
  const role = requireRole(engine, input.RoleName);
  const gone = (input.TagKeys ?? []).map(roleTags.sameKey);
  await save(engine, { ...role, tags: role.tags.filter(({ Key }) => !gone.includes(roleTags.sameKey(Key))) });
}

function listRoleTags(input: ListRoleTagsCommandInput, { engine }: Call) {
  const { items, ...page } = pageOf(requireRole(engine, input.RoleName).tags, ({ Key }) => Key ?? '', input);
  return { Tags: items, ...page };
}

function requireRole(engine: Engine, name: string | undefined): RoleRecord {
  const role = rolesOf(engine).get(nameKey(name ?? ''));
  if (!role) throw new AwsError('NoSuchEntityException', `The role with name ${name} cannot be found.`);
  return role;
}

function requireInline(role: RoleRecord, policyName: string | undefined): string {
  const document = ownMember(role.inline, policyName);
  if (document === undefined) {
    throw new AwsError('NoSuchEntityException', `The role policy with name ${policyName} cannot be found.`);
  }
  return document;
}

const save = (engine: Engine, role: RoleRecord) => rolesOf(engine).put(nameKey(role.name), role);

function describeRole(role: RoleRecord) {
  return {
    Path: role.path,
    RoleName: role.name,
    RoleId: role.id,
    Arn: role.arn,
    CreateDate: new Date(role.createdAtMs),
    AssumeRolePolicyDocument: encodeURIComponent(role.trustPolicy),
    Description: role.description,
    MaxSessionDuration: role.maxSessionSeconds,
    PermissionsBoundary:
      role.permissionsBoundary === undefined
        ? undefined
        : {
            PermissionsBoundaryType: unlisted<PermissionsBoundaryAttachmentType>('Policy'),
            PermissionsBoundaryArn: role.permissionsBoundary,
          },
    Tags: role.tags.length > 0 ? role.tags : undefined,
    RoleLastUsed: {},
  };
}

export function newId(prefix: string): string {
  const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
  return prefix + [...randomBytes(17)].map((byte) => letters[byte % 32]).join('');
}

export const roleOperations = {
  AttachRolePolicy: attachRolePolicy,
  CreateRole: createRole,
  DeleteRole: deleteRole,
  DeleteRolePermissionsBoundary: deleteRolePermissionsBoundary,
  DeleteRolePolicy: deleteRolePolicy,
  DetachRolePolicy: detachRolePolicy,
  GetRole: getRole,
  GetRolePolicy: getRolePolicy,
  ListAttachedRolePolicies: listAttachedRolePolicies,
  ListInstanceProfilesForRole: listInstanceProfilesForRole,
  ListRolePolicies: listRolePolicies,
  ListRoleTags: listRoleTags,
  ListRoles: listRoles,
  PutRolePermissionsBoundary: putRolePermissionsBoundary,
  PutRolePolicy: putRolePolicy,
  TagRole: tagRole,
  UntagRole: untagRole,
  UpdateAssumeRolePolicy: updateAssumeRolePolicy,
  UpdateRole: updateRole,
  UpdateRoleDescription: updateRoleDescription,
} satisfies Operations<IAM>;
