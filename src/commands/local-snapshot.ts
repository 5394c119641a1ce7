import { portFromEnvironment } from '../endpoint/open.ts';
import { deleteSnapshot, findSnapshot, listSnapshots, loadSnapshot, saveSnapshot } from '../endpoint/snapshots.ts';
import type { Context, Result } from '../session/command.ts';
import { confirmOrStop } from '../session/confirm.ts';
import { type Column, lookOf, tableLines } from '../ui/table.ts';

interface Named {
  name: string;
}

const startOf = ({ home, env, ui }: Context) => ({ home, env, port: portFromEnvironment(env), note: ui.note });

/** Keeps the engine as it is now. */
export async function snapshotSave(context: Context, given: Named & { replace?: boolean }): Promise<Result> {
  const { name, replace = false } = given;
  const snapshot = await saveSnapshot(startOf(context), name, replace);
  return { json: { ok: true, ...snapshot }, sentences: `Saved snapshot ${name}: ${megabytes(snapshot.bytes)}.` };
}

/** Brings a snapshot back. Asks first: what the engine has now is lost. */
export async function snapshotLoad(context: Context, { name }: Named): Promise<Result> {
  await findSnapshot(context.home, name);
  await confirmOrStop(context, `Replace everything in the embedded engine with snapshot "${name}"?`);
  const snapshot = await loadSnapshot(startOf(context), name);
  return { json: { ok: true, ...snapshot }, sentences: `The engine is as it was at ${snapshot.savedAt}.` };
}

const snapshotColumns: Column[] = [
  { title: 'name' },
  { title: 'saved' },
  { title: 'size', narrow: 'below', untitled: true },
];

export async function snapshotList({ home, ui }: Context): Promise<Result> {
  const snapshots = await listSnapshots(home);
  const rows = snapshots.map(({ name, savedAt, bytes }) => ({ cells: [name, savedAt, megabytes(bytes)] }));
  const lines = rows.length === 0 ? ['There are no snapshots.'] : tableLines(snapshotColumns, rows, lookOf(ui));
  return { json: { ok: true, snapshots }, text: `${lines.join('\n')}\n` };
}

export async function snapshotDelete(context: Context, { name }: Named): Promise<Result> {
  await findSnapshot(context.home, name);
  await confirmOrStop(context, `Delete snapshot "${name}"?`);
  await deleteSnapshot(context.home, name);
  return { json: { ok: true, name }, sentences: `Snapshot ${name} is deleted.` };
}

const megabytes = (bytes: number) => `${(bytes / 1_000_000).toFixed(1)} MB`;
