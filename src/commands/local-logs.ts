import { open } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { engineFiles } from '../endpoint/engine.ts';
import { readIfExists } from '../home/folders.ts';
import type { Context, Result } from '../session/command.ts';
import { untilStopped } from '../session/until-stopped.ts';

export interface LocalLogsOptions {
  lines?: number;
  follow?: boolean;
}

const pollMs = 250;

/** The engine's own log. `--follow` runs until Ctrl-C. */
export async function localLogs(context: Context, { lines, follow }: LocalLogsOptions): Promise<Result> {
  const file = engineFiles(context.home).log;
  const content = (await readIfExists(file)) ?? '';
  const all = content.split('\n').slice(0, -1);
  const shown = lines === undefined ? all : all.slice(-lines);
  const text = shown.map((line) => `${line}\n`).join('');
  if (!follow) return { json: { ok: true, lines: shown }, text };
  return untilStopped(context, () => {
    context.ui.print(text);
    return followFile(context, file, Buffer.byteLength(content));
  });
}

async function followFile({ ui, signal }: Context, file: string, startAt: number): Promise<never> {
  let position = startAt;
  for (;;) {
    await sleep(pollMs, undefined, { signal });
    const { text, size } = await readFrom(file, position);
    position = size;
    ui.print(text);
  }
}

async function readFrom(file: string, position: number): Promise<{ text: string; size: number }> {
  const handle = await open(file).catch(() => undefined);
  // `local reset` removed it; the next engine makes a new one.
  if (handle === undefined) return { text: '', size: 0 };
  try {
    const { size } = await handle.stat();
    const start = size < position ? 0 : position;
    const { buffer } = await handle.read({ buffer: Buffer.alloc(size - start), position: start });
    return { text: buffer.toString('utf8'), size };
  } finally {
    await handle.close();
  }
}
