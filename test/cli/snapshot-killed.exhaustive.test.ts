import { afterAll, beforeAll, expect, it } from 'vitest';
import { call, type Installation, install } from './dynops.ts';
import { killAt } from './kill-at.ts';

/** At moments spread over the whole run. */
const kills = 6;

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
  for (let kill = 1; kill <= kills; kill += 1) {
    await killAt(dynops, kill / (kills + 1), ['local', 'snapshot', 'load', 'one', '--yes'], () =>
      call(dynops, 'create', '--item', '{"id":"later"}'),
    );
    expect([['kept'], ['kept', 'later']]).toContainEqual(await ids());
  }
});

it('a save that is killed at any time leaves none or a whole one', async () => {
  for (let kill = 1; kill <= kills; kill += 1) {
    await killAt(dynops, kill / (kills + 1), ['local', 'snapshot', 'save', `s${kill}`], () =>
      dynops.run(['local', 'snapshot', 'delete', `s${kill}`, '--yes']),
    );
  }
  const { snapshots } = await dynops.json<{ snapshots: { name: string }[] }>(['local', 'snapshot', 'list']);
  for (const { name } of snapshots) {
    await dynops.json(['local', 'snapshot', 'load', name, '--yes']);
    expect((await ids()).at(0)).toBe('kept');
  }
});
