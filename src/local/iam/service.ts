import type { GetUserCommandInput, ListAccountAliasesCommandInput } from '@aws-sdk/client-iam';
import * as sdk from '@aws-sdk/client-iam';
import type { Call, Service } from '../service.ts';
import { policyOperations } from './policy-operations.ts';
import { roleOperations } from './role-operations.ts';

/** Terraform's provider asks who it is through IAM where STS does not say. */
function getUser(_input: GetUserCommandInput, { engine }: Call) {
  const arn = `arn:aws:iam::${engine.accountId}:root`;
  return { User: { Path: '/', UserName: 'root', UserId: engine.accountId, Arn: arn, CreateDate: new Date(0) } };
}

function listAccountAliases(_input: ListAccountAliasesCommandInput) {
  return { AccountAliases: [], IsTruncated: false };
}

export const service: Service = {
  signingName: 'iam',
  protocol: 'query',
  version: '2010-05-08',
  xmlNamespace: 'https://iam.amazonaws.com/doc/2010-05-08/',
  sdk,
  validationError: 'ValidationError',
  operations: { ...roleOperations, ...policyOperations, GetUser: getUser, ListAccountAliases: listAccountAliases },
};
