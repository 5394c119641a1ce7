import { usageError } from '../errors.ts';
import { readIfExists } from '../home/folders.ts';
import { trust as keepTrust } from '../home/trust.ts';
import type { Context, Result } from '../session/command.ts';
import { folderConfigFile, parseSettings, steeringKeys } from '../settings/file.ts';

/** Lets the working folder's settings file, as it is now, say where commands act. */
export async function trust({ cwd, home }: Context): Promise<Result> {
  const file = folderConfigFile(cwd);
  const content = await readIfExists(file);
  if (content === undefined) throw usageError(`There is no ${file} to trust.`);
  const settings = parseSettings(content, file);
  const says = steeringKeys(settings).map((key) => `${key} ${settings[key]}`);
  await keepTrust(home, { file, content });
  return {
    json: { ok: true, file, settings },
    text: `${file} is trusted as it is now${says.length === 0 ? '; it does not say where to act' : `: ${says.join(', ')}`}.\n`,
  };
}
