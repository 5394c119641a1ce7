import { join } from 'node:path';
import type { Environment } from '../environment.ts';
import { readIfExists, userFolder } from '../home/folders.ts';

/**
 * A profile's region in the files that AWS's own tools share (`~/.aws/config`, then `~/.aws/credentials`);
 * undefined where neither gives one. Loading the SDK for this one value would double the start-up time of `call`.
 */
export async function sharedConfigRegion(profile: string, env: Environment): Promise<string | undefined> {
  const folder = join(userFolder(env), '.aws');
  const config = await readIfExists(env.AWS_CONFIG_FILE || join(folder, 'config'));
  const headings = profile === 'default' ? ['default', 'profile default'] : [`profile ${profile}`];
  const fromConfig = config === undefined ? undefined : regionIn(config, headings);
  if (fromConfig !== undefined) return fromConfig;
  const credentials = await readIfExists(env.AWS_SHARED_CREDENTIALS_FILE || join(folder, 'credentials'));
  return credentials === undefined ? undefined : regionIn(credentials, [profile]);
}

function regionIn(content: string, headings: readonly string[]): string | undefined {
  let inside = false;
  let region: string | undefined;
  for (const line of content.split(/\r?\n/)) {
    const heading = /^\s*\[\s*(.+?)\s*\]/.exec(line)?.[1]?.replace(/\s+/g, ' ');
    if (heading !== undefined) inside = headings.includes(heading);
    else if (inside) region = /^region\s*=\s*(\S+)/.exec(line)?.[1] ?? region;
  }
  return region;
}
