import type { DeleteRoleCommandInput, GetRoleCommandInput, IAM } from '@aws-sdk/client-iam';
import * as sdk from '@aws-sdk/client-sts';
import { describe, expect, it } from 'vitest';
import { defineService, type Operations } from '../../src/local/operations.ts';
import constraints from '../../src/local/sts/constraints.json' with { type: 'json' };
import { buildCatalog } from '../../src/local/wire/catalog.ts';

const role = {
  Path: '/',
  RoleName: 'r',
  RoleId: 'AROA',
  Arn: 'arn:aws:iam::123456789012:role/r',
  CreateDate: new Date(0),
};

// What is wrong here must not compile: `tsc` fails where an expected error is missing.
const tables = [
  { GetRole: (_input: GetRoleCommandInput) => ({ Role: role }) } satisfies Operations<IAM>,
  // @ts-expect-error: AWS has no such operation.
  { FetchRole: () => ({}) } satisfies Operations<IAM>,
  // @ts-expect-error: an input that GetRole is not sent.
  { GetRole: (_input: { Name: number }) => ({ Role: role }) } satisfies Operations<IAM>,
  // @ts-expect-error: another operation's input, of which a member is required and not sent.
  { ListRoles: (input: DeleteRoleCommandInput) => ({ Roles: [], Marker: input.RoleName }) } satisfies Operations<IAM>,
  // @ts-expect-error: an output without a member that GetRole always has.
  { GetRole: () => ({}) } satisfies Operations<IAM>,
  // @ts-expect-error: a member of another type.
  { GetRole: async () => ({ Role: { ...role, CreateDate: '1970' } }) } satisfies Operations<IAM>,
];

describe('defineService', () => {
  const definition = { signingName: 'sts', protocol: 'query', sdk, constraints } as const;

  it('is for tables that the compiler has checked', () => {
    expect(tables).toHaveLength(6);
  });

  it('keeps the operations of a typed table', () => {
    const service = defineService<sdk.STS>({ ...definition, operations: { GetCallerIdentity: () => ({}) } });
    expect(Object.keys(service.operations)).toEqual(['GetCallerIdentity']);
  });

  it('has the catalog refuse an operation that the SDK does not know, should one get past the compiler', () => {
    const operations = { AssumeNothing: () => ({}) };
    const service = defineService<sdk.STS>({ ...definition, operations: operations as object });
    expect(() => buildCatalog(service)).toThrow('sts has no operation AssumeNothing');
  });
});
