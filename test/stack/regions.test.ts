import { IAMClient, UntagRoleCommand } from '@aws-sdk/client-iam';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { listAccount } from '../faults/account.ts';
import { startEngine, type TestEngine } from '../start-engine.ts';
import { actions, open } from './account.ts';

describe('one stack name in two regions', () => {
  let engine: TestEngine;
  beforeAll(async () => {
    engine = await startEngine();
    await (await open(engine)).up();
  });
  afterAll(() => engine.stop());

  const elsewhere = (stack?: string) => open(engine, { region: 'eu-west-1', ...(stack && { stack }) });
  const roleOf = async () => {
    const { resources } = await (await open(engine)).status();
    return resources.find(({ type }) => type === 'role');
  };

  it('is refused in the second before anything is touched: the role is the first one’s', async () => {
    const second = await elsewhere();
    await expect(second.up()).rejects.toMatchObject({
      code: 'ForeignResource',
      message: expect.stringMatching(/arn:aws:iam/),
    });
    expect(second.mutations()).toEqual([]);
    expect(await second.status()).toMatchObject({ inSync: false });
    expect(await roleOf()).toMatchObject({ state: 'present' });
  });

  it('is not taken down from the second', async () => {
    const second = await elsewhere();
    await second.down();
    expect(second.mutations()).toEqual([]);
    expect(await (await open(engine)).status()).toMatchObject({ inSync: true });
  });

  it('under another name both stand, and go without each other', async () => {
    const second = await elsewhere('europe');
    await second.up();
    expect(await (await open(engine)).status()).toMatchObject({ inSync: true });
    await (await elsewhere('europe')).down();
    expect(await (await open(engine)).status()).toMatchObject({ inSync: true });
  });

  it('a role of before roles told their region is taken for its own, and told it', async () => {
    const first = await open(engine);
    const { resources } = await first.status();
    const RoleName = resources.find(({ type }) => type === 'role')?.name;
    await first.aws.call(IAMClient, new UntagRoleCommand({ RoleName, TagKeys: ['dynops:region'] }));
    expect(actions(await first.up())).toMatchObject({ role: 'updated', table: 'unchanged' });
    await (await open(engine)).down();
    expect(await listAccount(engine)).toEqual([]);
  });
});
