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
    // The developer guide, "IAM security policies with PartiQL for DynamoDB".
    ['ExecuteStatement', { Statement: `SELECT * FROM mine` }, [`dynamodb:PartiQLSelect ${arn('mine')}`]],
    [
      'ExecuteStatement',
      { Statement: `SELECT id FROM "mine"."by-kind" WHERE kind = ?`, Parameters: [{ S: 'a' }] },
      [`dynamodb:PartiQLSelect ${arn('mine')}/index/by-kind`],
    ],
    [
      'ExecuteStatement',
      { Statement: `INSERT INTO mine VALUE {'id': 'a'}` },
      [`dynamodb:PartiQLInsert ${arn('mine')}`],
    ],
    [
      'BatchExecuteStatement',
      {
        Statements: [
          { Statement: `UPDATE mine SET a = 1 WHERE id = 'a'` },
          { Statement: `delete from "yours" where id = 'a'` },
        ],
      },
      [`dynamodb:PartiQLUpdate ${arn('mine')}`, `dynamodb:PartiQLDelete ${arn('yours')}`],
    ],
    [
      'ExecuteTransaction',
      {
        TransactStatements: [
          { Statement: `EXISTS(SELECT * FROM yours WHERE id = 'a')` },
          { Statement: `DELETE FROM mine WHERE id = ?`, Parameters: [{ S: 'a' }] },
        ],
      },
      [`dynamodb:PartiQLSelect ${arn('yours')}`, `dynamodb:PartiQLDelete ${arn('mine')}`],
    ],
    // What cannot be read is not run, either; it still has to be something that one may ask for.
    ['ExecuteStatement', { Statement: `SELEKT * FROM mine` }, ['dynamodb:ExecuteStatement *']],
    ['ExecuteTransaction', {}, ['dynamodb:ExecuteTransaction *']],
  ])('%s %j', (operation, input, expected) => {
    expect(needed(operation, input)).toEqual(expected);
  });

  it.each([
    ['PutItem', { TableName: 'yours', TransactItems: [] }, [`dynamodb:PutItem ${arn('yours')}`]],
    ['PutItem', { TableName: 'yours', RequestItems: { mine: [] } }, [`dynamodb:PutItem ${arn('yours')}`]],
    [
      'ExecuteStatement',
      { Statement: `SELECT * FROM yours -- FROM mine`, TableName: 'mine', IndexName: 'x' },
      [`dynamodb:PartiQLSelect ${arn('yours')}`],
    ],
    ['BatchExecuteStatement', { Statement: `SELECT * FROM mine` }, ['dynamodb:BatchExecuteStatement *']],
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
