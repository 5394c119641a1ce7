import type { GetUserCommandInput, IAM, ListAccountAliasesCommandInput } from '@aws-sdk/client-iam';
import type { Operations } from '../operations.ts';
import { AwsError, type Call } from '../service.ts';
import { pageOf } from './paging.ts';

/** Terraform's provider asks who it is through IAM where STS does not say. */
function getUser({ UserName: name }: GetUserCommandInput, { engine }: Call) {
  if (name !== undefined && name !== 'root') {
    throw new AwsError('NoSuchEntity', `The user with name ${name} cannot be found.`);
  }
  const arn = `arn:aws:iam::${engine.accountId}:root`;
  return { User: { Path: '/', UserName: 'root', UserId: engine.accountId, Arn: arn, CreateDate: new Date(0) } };
}

function listAccountAliases(input: ListAccountAliasesCommandInput) {
  const { items, ...page } = pageOf([], String, input);
  return { AccountAliases: items, ...page };
}

export const accountOperations = {
  GetUser: getUser,
  ListAccountAliases: listAccountAliases,
} satisfies Operations<IAM>;
