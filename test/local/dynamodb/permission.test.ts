import { describe, expect, it } from 'vitest';
import { permission } from '../../../src/local/dynamodb/permission.ts';
import type { Call } from '../../../src/local/service.ts';

// Of a call, permissions look at nothing but the region and the account.
const call = { region: 'us-east-1', engine: { accountId: '000000000000' } } as Call;
const arn = (name: string) => `arn:aws:dynamodb:us-east-1:000000000000:table/${name}`;
const needed = (operation: string, input: Record<string, unknown>) =>
  permission(operation, input, call).map(({ action, resource }) => `${action} ${resource}`);

describe('what a call to DynamoDB needs', () => {
  it.each([
    ['PutItem', { TableName: 'mine' }, [`dynamodb:PutItem ${arn('mine')}`]],
    ['PutItem', { TableName: arn('mine') }, [`dynamodb:PutItem ${arn('mine')}`]],
    ['Query', { TableName: 'mine', IndexName: 'by-kind' }, [`dynamodb:Query ${arn('mine')}/index/by-kind`]],
    [
      'BatchWriteItem',
      { RequestItems: { mine: [], yours: [] } },
      [`dynamodb:BatchWriteItem ${arn('mine')}`, `dynamodb:BatchWriteItem ${arn('yours')}`],
    ],
    [
      'TransactWriteItems',
      { TransactItems: [{ Put: { TableName: 'mine' } }, { ConditionCheck: { TableName: 'yours' } }] },
      [`dynamodb:PutItem ${arn('mine')}`, `dynamodb:ConditionCheckItem ${arn('yours')}`],
    ],
    ['TransactGetItems', { TransactItems: [{ Get: { TableName: 'yours' } }] }, [`dynamodb:GetItem ${arn('yours')}`]],
    ['ListTables', {}, ['dynamodb:ListTables *']],
  ])('%s %j', (operation, input, expected) => {
    expect(needed(operation, input)).toEqual(expected);
  });

  it.each([
    ['PutItem', { TableName: 'yours', TransactItems: [] }, [`dynamodb:PutItem ${arn('yours')}`]],
    ['PutItem', { TableName: 'yours', RequestItems: { mine: [] } }, [`dynamodb:PutItem ${arn('yours')}`]],
    ['PutItem', { TableName: 'yours', IndexName: 'x' }, [`dynamodb:PutItem ${arn('yours')}`]],
    ['TagResource', { ResourceArn: arn('yours'), TableName: 'mine' }, [`dynamodb:TagResource ${arn('yours')}`]],
    ['BatchGetItem', { TableName: 'mine' }, ['dynamodb:BatchGetItem *']],
    ['TransactWriteItems', { TableName: 'mine' }, ['dynamodb:TransactWriteItems *']],
    [
      'TransactWriteItems',
      { TransactItems: [{ Put: { TableName: 'mine' }, Delete: { TableName: 'yours' } }] },
      [`dynamodb:PutItem ${arn('mine')}`, `dynamodb:DeleteItem ${arn('yours')}`],
    ],
  ])('is not chosen by members that %s ignores: %j', (operation, input, expected) => {
    expect(needed(operation, input)).toEqual(expected);
  });
});
