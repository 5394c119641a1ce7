import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { readOwnJson, updateOwnJson } from './own-files.ts';

/*
 * Which settings files of working folders a person has trusted: by path and content, so that neither a copy elsewhere nor
 * a later change is trusted with it.
 */

const trustFile = (home: string): string => join(home, 'trusted.json');

const hashOf = (content: string): string => createHash('sha256').update(content).digest('hex');

export async function isTrusted(home: string, { file, content }: { file: string; content: string }): Promise<boolean> {
  return (await readOwnJson(trustFile(home), isTable))?.[file] === hashOf(content);
}

export function trust(home: string, { file, content }: { file: string; content: string }): Promise<void> {
  return updateOwnJson(trustFile(home), isTable, (trusted = {}) => ({ ...trusted, [file]: hashOf(content) }));
}

const isTable = (value: object): value is Record<string, string> =>
  Object.values(value).every((member) => typeof member === 'string');
