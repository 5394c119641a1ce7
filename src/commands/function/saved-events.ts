import { readdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { usageError } from '../../errors.ts';
import { readIfExists, writeSecret } from '../../home/folders.ts';
import { nearest } from '../../settings/nearest.ts';
import { eventNameProblem } from '../../settings/spelling.ts';

/** Test events of one function, kept by name as Lambda's console keeps private ones. */
export interface SavedEvents {
  /** Throws a usage error for a name that nothing is saved under. */
  read(name: string): Promise<string>;
  save(name: string, event: string): Promise<void>;
}

/** The names of all saved events, of whichever function. */
export async function keptEventNames(home: string): Promise<string[]> {
  const files = await readdir(join(home, 'events'), { recursive: true }).catch(() => []);
  return files.filter((file) => file.endsWith('.json')).map((file) => basename(file, '.json'));
}

export const isEventName = (text: string): boolean => eventNameProblem(text) === undefined;

export function savedEvents(home: string, functionName: string): SavedEvents {
  const folder = join(home, 'events', functionName);
  const fileOf = (name: string): string => join(folder, `${name}.json`);
  return {
    async read(name) {
      const event = await readIfExists(fileOf(name));
      if (event !== undefined) return event.trim();
      const files = await readdir(folder).catch(() => []);
      const names = files.map((file) => file.replace(/\.json$/, ''));
      const close = nearest(name, names);
      const known = names.length === 0 ? 'None is saved' : `Saved: ${names.sort().join(', ')}`;
      throw usageError(
        `--event: no event is saved as "${name}" for ${functionName}, and it is not JSON either.`,
        close === undefined ? `${known}; --save NAME saves one, @FILE reads a file.` : `Did you mean ${close}?`,
      );
    },
    save: (name, event) => writeSecret(fileOf(name), `${event}\n`),
  };
}
