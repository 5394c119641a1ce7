import { join } from 'node:path';
import type { Environment } from '../environment.ts';
import { reasonOf, usageError } from '../errors.ts';
import { readIfExists, userFolder } from '../home/folders.ts';

/** A profile as one of the files says that AWS's own tools share. */
export interface SharedProfile {
  name: string;
  file: string;
  settings: Readonly<Record<string, string>>;
}

/** `~/.aws/config` and `~/.aws/credentials`, or where the environment says that they are. */
export function sharedFiles(env: Environment): { config: string; credentials: string } {
  const folder = join(userFolder(env), '.aws');
  return {
    config: env.AWS_CONFIG_FILE || join(folder, 'config'),
    credentials: env.AWS_SHARED_CREDENTIALS_FILE || join(folder, 'credentials'),
  };
}

/**
 * The profiles of both files, those of `config` first; one that is in both is there twice. Loading the SDK for this would
 * double the start-up time of `call`.
 */
export async function sharedProfiles(env: Environment): Promise<SharedProfile[]> {
  const { config, credentials } = sharedFiles(env);
  const [inConfig = '', inCredentials = ''] = await Promise.all([config, credentials].map(readShared));
  return [
    ...sectionsOf(inConfig).flatMap(({ heading, settings }) => {
      const name = heading === 'default' ? heading : /^profile ["']?(.+?)["']?$/.exec(heading)?.[1];
      return name === undefined ? [] : [{ name, file: config, settings }];
    }),
    ...sectionsOf(inCredentials).map(({ heading, settings }) => ({ name: heading, file: credentials, settings })),
  ];
}

async function readShared(file: string): Promise<string | undefined> {
  try {
    return await readIfExists(file);
  } catch (cause) {
    throw usageError(
      `${file} cannot be read: ${reasonOf(cause)}.`,
      'AWS’s own tools share it: correct who may read it.',
    );
  }
}

/** A profile's region; undefined where neither file gives one. */
export async function sharedConfigRegion(profile: string, env: Environment): Promise<string | undefined> {
  const profiles = await sharedProfiles(env);
  return profiles.find(({ name, settings }) => name === profile && settings.region)?.settings.region;
}

function sectionsOf(content: string): { heading: string; settings: Record<string, string> }[] {
  const sections: { heading: string; settings: Record<string, string> }[] = [];
  for (const line of content.split(/\r?\n/)) {
    const heading = /^\s*\[\s*(.+?)\s*\]/.exec(line)?.[1]?.replace(/\s+/g, ' ');
    if (heading !== undefined) sections.push({ heading, settings: {} });
    // A line that begins with a blank belongs to the setting above it.
    const [, key, value = ''] = /^([^\s#;=[][^=]*?)\s*=\s*(.*?)\s*$/.exec(line) ?? [];
    const section = sections.at(-1);
    if (section && key !== undefined) section.settings[key] = value.replace(/\s[#;].*$/, '');
  }
  return sections;
}
