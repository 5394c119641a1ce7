import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Environment } from '../environment.ts';
import { usageError } from '../errors.ts';
import { readIfExists, userConfigFile } from '../home/folders.ts';
import { nearest } from './nearest.ts';
import { serviceKeys } from './service-keys.ts';
import { fileSettings, type Settings } from './table.ts';

/** What the settings files say. */
export interface FileSettings {
  /** The working folder's over the user's. */
  values: Settings;
  /** The file that each value is from. */
  from: Partial<Record<keyof Settings, string>>;
  /** What the working folder's file says of where to act, and does not count, since nobody has trusted that file. */
  distrusted: (keyof Settings)[];
}

/** The working folder's settings file. */
export const folderConfigFile = (cwd: string): string => join(cwd, 'dynops.json');

/** Far more than a file that a person writes. */
const mostFileBytes = 1024 * 1024;

/** The text of the working folder's settings file; undefined where there is none. */
export async function readFolderConfig(cwd: string): Promise<string | undefined> {
  const file = folderConfigFile(cwd);
  const found = await stat(file).catch(() => undefined);
  if (found && (!found.isFile() || found.size > mostFileBytes)) {
    throw usageError(`${file} is not a file of at most 1 MB, so it was not read.`, 'Is this the right folder?');
  }
  return readIfExists(file);
}

/**
 * The settings of the working folder's `dynops.json` over those of the user's file.
 * Unknown keys and invalid values are usage errors that name the file and the key. `isTrusted` is asked only where the
 * folder's file says where to act.
 */
export async function loadSettings(surroundings: {
  cwd: string;
  env: Environment;
  isTrusted: (file: string, content: string) => Promise<boolean>;
}): Promise<FileSettings> {
  const { cwd, env, isTrusted } = surroundings;
  const [userFile, folderFile] = [userConfigFile(env), folderConfigFile(cwd)];
  const [userContent, folderContent = '{}'] = await Promise.all([readIfExists(userFile), readFolderConfig(cwd)]);
  const user = parseSettings(userContent ?? '{}', userFile);
  const folder = parseSettings(folderContent, folderFile, serviceKeys);
  const steering = steeringKeys(folder);
  const distrusted = steering.length === 0 || (await isTrusted(folderFile, folderContent)) ? [] : steering;
  for (const key of distrusted) delete folder[key];
  // A folder that says where to act replaces the user's whole answer, or half of each would be mixed.
  if (folder.target !== undefined || folder.endpointUrl !== undefined) {
    delete user.target;
    delete user.endpointUrl;
  }
  const values = { ...user, ...folder };
  const from = Object.fromEntries(
    Object.keys(values).map((key) => [key, Object.hasOwn(folder, key) ? folderFile : userFile]),
  );
  return { values, from, distrusted };
}

/** What would send calls and credentials elsewhere. A folder can be somebody else's: a clone, an archive, a shared disk. */
export function steeringKeys({ target, profile, endpointUrl }: Settings): ('target' | 'profile' | 'endpointUrl')[] {
  return [
    ...(target === undefined ? [] : ['target' as const]),
    ...(profile === undefined ? [] : ['profile' as const]),
    ...(endpointUrl === undefined || isLoopback(endpointUrl) ? [] : ['endpointUrl' as const]),
  ];
}

function isLoopback(url: string): boolean {
  const { hostname } = new URL(url);
  return hostname === 'localhost' || hostname === '[::1]' || /^127\.\d+\.\d+\.\d+$/.test(hostname);
}

/** Checks a settings file's text, but for the members that are others' to check. Throws a usage error with file and line. */
export function parseSettings(content: string, file: string, others: readonly string[] = []): Settings {
  let value: unknown;
  try {
    value = JSON.parse(content);
  } catch (cause) {
    throw usageError(`${file} is not valid JSON: ${cause instanceof Error ? cause.message : String(cause)}`);
  }
  if (value === null || typeof value !== 'object' || Array.isArray(value)) {
    throw usageError(`${file} must hold one JSON object.`, 'For example {"target": "local", "region": "eu-west-1"}.');
  }
  const own = Object.entries(value).filter(([key]) => !others.includes(key));
  for (const [key, member] of own) {
    const at = `${file}:${lineOf(content, key)}`;
    if (!isKey(key)) {
      const known = [...Object.keys(fileSettings), ...others];
      const close = nearest(key, known);
      const right = close === undefined ? `Known keys: ${known.join(', ')}.` : `Did you mean "${close}"?`;
      throw usageError(`${at}: unknown key "${key}".`, right);
    }
    const problem = fileSettings[key].problem(member);
    if (problem !== undefined) throw usageError(`${at}: "${key}" ${problem}.`);
  }
  const settings: Settings = Object.fromEntries(own);
  if (settings.target !== undefined && settings.endpointUrl !== undefined) {
    throw usageError(`${file}: "target" and "endpointUrl" cannot be used together.`, 'Keep one of them.');
  }
  return settings;
}

/** The line on which a member of the file's object begins, from 1. */
function lineOf(content: string, key: string): number {
  const name = JSON.stringify(key);
  let at = content.indexOf(name);
  // The same text may stand before it as a value.
  while (at >= 0 && !/^\s*:/.test(content.slice(at + name.length))) at = content.indexOf(name, at + 1);
  return content.slice(0, Math.max(0, at)).split('\n').length;
}

function isKey(key: string): key is keyof Settings {
  return Object.hasOwn(fileSettings, key);
}
