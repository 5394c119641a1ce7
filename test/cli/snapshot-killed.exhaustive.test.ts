import { afterAll, beforeAll, expect, it } from 'vitest';
import { call, type Installation, install } from './dynops.ts';

let dynops: Installation;

beforeAll(async () => {
  dynops = await install();
  await dynops.json(['up']);
  await call(dynops, 'create', '--item', '{"id":"kept"}');
  await dynops.json(['local', 'snapshot', 'save', 'one']);
});
afterAll(() => dynops.remove());

async function ids(): Promise<string[]> {
  const { Items } = (await call(dynops, 'list')) as { Items: { id: string }[] };
  return Items.map(({ id }) => id).sort();
}

it('a load that is killed at any time leaves the old or the new, and both work', async () => {
  for (let delayMs = 60; delayMs <= 480; delayMs += 60) {
    await call(dynops, 'create', '--item', '{"id":"later"}');
    const { signal } = await dynops.run(['local', 'snapshot', 'load', 'one', '--yes'], {
      onSpawn: (child) => void setTimeout(() => child.kill('SIGKILL'), delayMs),
    });
    expect([['kept'], ['kept', 'later']]).toContainEqual(await ids());
    if (signal === null) break;
  }
});

it('a save that is killed at any time leaves none or a whole one', async () => {
  for (let delayMs = 60; delayMs <= 300; delayMs += 80) {
    const { signal } = await dynops.run(['local', 'snapshot', 'save', `s${delayMs}`], {
      onSpawn: (child) => void setTimeout(() => child.kill('SIGKILL'), delayMs),
    });
    if (signal === null) break;
  }
  const { snapshots } = await dynops.json<{ snapshots: { name: string }[] }>(['local', 'snapshot', 'list']);
  for (const { name } of snapshots) {
    await dynops.json(['local', 'snapshot', 'load', name, '--yes']);
    expect((await ids()).at(0)).toBe('kept');
  }
});
