import { usageError } from '../errors.ts';
import { trust as keepTrust } from '../home/trust.ts';
import type { Context, Result } from '../session/command.ts';
import { allowPython, isPython } from '../session/python-consent.ts';
import { folderConfigFile, parseSettings, readFolderConfig, steeringKeys } from '../settings/file.ts';
import { serviceKeys } from '../settings/service-keys.ts';

/**
 * Lets the working folder's settings file, as it is now, say where commands act; and its Python functions run where the engine
 * cannot confine them.
 */
export async function trust(context: Context): Promise<Result> {
  const { cwd, trustHome } = context;
  const file = folderConfigFile(cwd);
  const content = await readFolderConfig(cwd);
  if (content === undefined) throw usageError(`There is no ${file} to trust.`);
  const settings = parseSettings(content, file, serviceKeys);
  const says = steeringKeys(settings).map((key) => `${key} ${settings[key]}`);
  await keepTrust(trustHome, { file, content });
  const python = isPython(await context.service({ values: false }));
  if (python) await allowPython(context);
  const where = says.length === 0 ? '; it does not say where to act' : `: ${says.join(', ')}`;
  const run = python ? '\nIts Python functions may run where they cannot be confined.' : '';
  return {
    json: { ok: true, file, settings, python },
    sentences: `${file} is trusted as it is now${where}.${run}`,
  };
}
