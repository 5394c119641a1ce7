import { TagRoleRequest$ } from '@aws-sdk/client-iam';
import { NormalizedSchema } from '@smithy/core/schema';
import { expect, it } from 'vitest';
import { readForm } from '../../../src/local/wire/query.ts';

const schema = NormalizedSchema.of(TagRoleRequest$);

// Each member was once looked for among all parameters, which took half a minute.
it('reads as many members as it takes in time that grows as their number', () => {
  const form = new URLSearchParams({ RoleName: 'x' });
  const Tags = Array.from({ length: 10_000 }, (_, at) => ({ Key: `k${at}`, Value: `v${at}` }));
  for (const [at, { Key, Value }] of Tags.entries()) {
    form.append(`Tags.member.${at + 1}.Key`, Key);
    form.append(`Tags.member.${at + 1}.Value`, Value);
  }
  expect(readForm(schema, form)).toEqual({ RoleName: 'x', Tags });
  form.append('Tags.member.10001.Key', 'one too many');
  expect(() => readForm(schema, form)).toThrow('too many members');
}, 10_000);

it('takes the members in the order of their numbers, and a name of many parts for none of them', () => {
  const form = new URLSearchParams({ RoleName: 'x', 'Tags.member.10.Key': 'b', 'Tags.member.9.Key': 'a' });
  form.append(`Tags${'.member'.repeat(100_000)}`, '');
  expect(readForm(schema, form)).toEqual({ RoleName: 'x', Tags: [{ Key: 'a' }, { Key: 'b' }] });
});
