import { dirname, join, resolve } from 'node:path';
import { writeNamedFile } from '../../home/folders.ts';
import type { StackFacts } from './stack-facts.ts';

/** Where each function's code is, by the function's name in the service: the first's where it was asked for, the others next to it. */
export function zipFilesOf({ service }: Pick<StackFacts, 'service'>, first: string): Map<string, string> {
  const beside = (name: string) => join(dirname(first), `${name}.zip`);
  return new Map(service.functions.map(({ name }, index) => [name, index === 0 ? first : beside(name)]));
}

/** Writes the functions' code into these files. */
export async function writeZipFiles(
  { service, code }: Pick<StackFacts, 'service' | 'code'>,
  { zipFiles, folder }: { zipFiles: ReadonlyMap<string, string>; folder: string },
): Promise<void> {
  for (const one of service.functions) {
    await writeNamedFile(resolve(folder, zipFiles.get(one.name) ?? ''), (await code(one)).zip);
  }
}
