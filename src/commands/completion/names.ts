import { sharedProfiles } from '../../endpoint/shared-config.ts';
import { listSnapshots } from '../../endpoint/snapshots.ts';
import { keptStacks } from '../../home/stack-files.ts';
import type { Context } from '../../session/command.ts';
import { keptEventNames } from '../function/saved-events.ts';
import type { NameKind } from './values.ts';

/**
 * What the scripts ask for each time, as it is in this folder and on this machine. What only the target knows, such as
 * users, is not offered: pressing Tab calls nobody and starts no engine.
 */
const sources: Record<NameKind, (context: Context) => Promise<string[]>> = {
  profiles: async ({ env }) => (await sharedProfiles(env)).map(({ name }) => name),
  stacks: ({ home }) => keptStacks(home),
  functions: async ({ service }) => (await service({ values: false })).functions.map(({ name }) => name),
  tables: async ({ service }) => (await service({ values: false })).tables.map(({ name }) => name),
  events: ({ home }) => keptEventNames(home),
  snapshots: async ({ home }) => (await listSnapshots(home)).map(({ name }) => name),
};

/** Those that no shell takes apart or expands: bash does so with what it is offered. */
export async function namesNow(context: Context, kind: NameKind): Promise<string[]> {
  const names = await sources[kind](context);
  return [...new Set(names)].filter((name) => /^[\w@%+=:,./-]+$/.test(name)).sort();
}
