import { join } from 'node:path';
import type { Environment } from '../environment.ts';
import { usageError } from '../errors.ts';
import { readIfExists, userConfigFile } from '../home/folders.ts';
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
  const [userContent, folderContent = '{}'] = await Promise.all([userFile, folderFile].map(readIfExists));
  const user = parseSettings(userContent ?? '{}', userFile);
  const folder = parseSettings(folderContent, folderFile);
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

/** Checks a settings file's text. */
export function parseSettings(content: string, file: string): Settings {
  let value: unknown;
  try {
    value = JSON.parse(content);
  } catch (cause) {
    throw usageError(`${file} is not valid JSON: ${cause instanceof Error ? cause.message : String(cause)}`);
  }
  if (value === null || typeof value !== 'object' || Array.isArray(value)) {
    throw usageError(`${file} must hold one JSON object.`, 'For example {"target": "local", "region": "eu-west-1"}.');
  }
  for (const [key, member] of Object.entries(value)) {
    if (!isKey(key)) {
      throw usageError(`${file}: unknown key "${key}".`, `Known keys: ${Object.keys(fileSettings).join(', ')}.`);
    }
    const problem = fileSettings[key].problem(member);
    if (problem !== undefined) throw usageError(`${file}: "${key}" ${problem}.`);
  }
  const settings = value as Settings;
  if (settings.target !== undefined && settings.endpointUrl !== undefined) {
    throw usageError(`${file}: "target" and "endpointUrl" exclude each other.`, 'Keep the one that is meant.');
  }
  return settings;
}

function isKey(key: string): key is keyof Settings {
  return Object.hasOwn(fileSettings, key);
}
