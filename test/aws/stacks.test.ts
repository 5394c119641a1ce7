import { APIGatewayClient, GetRestApisCommand, GetStagesCommand } from '@aws-sdk/client-api-gateway';
import { describe, expect, it } from 'vitest';
import { readStacks } from '../../src/aws/stacks.ts';
import { mockClient } from '../mock-client.ts';
import { awsError, inputs, mockAws } from './mocks.ts';

const at = (minute: number) => new Date(Date.UTC(2026, 0, 1, 0, minute));
const tagged = (stack: string) => ({ tags: { 'dynops:stack': stack } });

describe('stacks', () => {
  it('are the tagged APIs of every page, by name, with their URL and age', async () => {
    const aws = await mockAws();
    const mock = mockClient(APIGatewayClient);
    mock
      .on(GetRestApisCommand)
      .resolvesOnce({
        items: [
          { id: 'b', createdDate: at(2), ...tagged('shop') },
          { id: 'x', name: 'foreign' },
        ],
        position: 'next',
      })
      .resolvesOnce({ items: [{ id: 'a', createdDate: at(1), ...tagged('blog') }] });
    mock.on(GetStagesCommand, { restApiId: 'b' }).resolves({ item: [{ stageName: 'prod' }] });
    mock.on(GetStagesCommand, { restApiId: 'a' }).resolves({ item: [] });
    expect(await readStacks(aws)).toEqual([
      { name: 'blog', apiId: 'a', stage: null, apiUrl: null, createdAt: '2026-01-01T00:01:00.000Z' },
      {
        name: 'shop',
        apiId: 'b',
        stage: 'prod',
        apiUrl: 'https://b.execute-api.eu-central-1.amazonaws.com/prod',
        createdAt: '2026-01-01T00:02:00.000Z',
      },
    ]);
    expect(inputs(mock, 'GetRestApis')).toEqual([{ limit: 500 }, { limit: 500, position: 'next' }]);
  });

  it('are told once where a lost answer left two APIs, and are not failed by one that is deleted meanwhile', async () => {
    const aws = await mockAws();
    const mock = mockClient(APIGatewayClient);
    const [newer, older] = [
      { id: 'n', createdDate: at(9) },
      { id: 'o', createdDate: at(3) },
    ];
    mock.on(GetRestApisCommand).resolves({ items: [newer, older].map((api) => ({ ...api, ...tagged('shop') })) });
    mock.on(GetStagesCommand).rejects(awsError('NotFoundException', 'gone', { status: 404 }));
    expect(await readStacks(aws)).toMatchObject([{ name: 'shop', apiId: 'o', apiUrl: null }]);
  });
});
