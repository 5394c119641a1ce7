import { dirname } from 'node:path';
import { folderConfigFile, readFolderConfig } from '../settings/file.ts';
import { describingKeys } from '../settings/service-keys.ts';
import { fileSettings } from '../settings/table.ts';
import type { FunctionCode } from '../stack/code.ts';
import { type Service, type ServiceFunction, tutorialService } from '../stack/service.ts';
import type { StackSettings } from '../stack/settings.ts';
import type { Context } from './command.ts';
import { type SettingOptions, stackSettings } from './stack-settings.ts';

/** What a command asks of the pipeline: how the stack should be, and what it serves. */
export interface StackRequest {
  settings: StackSettings;
  service: Service;
  code: (of: ServiceFunction) => Promise<FunctionCode>;
}

/** Flags over settings files, and the service of the working folder's `dynops.json`. Throws DynopsError `ServiceFile`. */
export async function stackRequest(context: Context, options: SettingOptions): Promise<StackRequest> {
  const [settings, service] = await Promise.all([stackSettings(context, options), context.service()]);
  return { settings, service, code: functionCode };
}

/**
 * The service of the working folder, or the tutorial's. `values: false`: without reading values that are stored elsewhere, for commands
 * that do not compare it.
 */
export async function ownService(
  { cwd, env }: Pick<Context, 'cwd' | 'env'>,
  { values = true }: { values?: boolean } = {},
): Promise<Service> {
  const file = folderConfigFile(cwd);
  const text = await readFolderConfig(cwd);
  // Nothing is loaded where nothing is described.
  if (text === undefined || !describingKeys.some((key) => text.includes(`"${key}"`))) return tutorialService;
  const { readService, referencesOf } = await import('../service/read.ts');
  return readService(text, {
    file,
    settings: Object.keys(fileSettings),
    ...(values && { readReference: referencesOf(env, dirname(file)) }),
  });
}

/** A function's code as its sources are now. Built again each time it is asked for. */
export async function functionCode(of: ServiceFunction): Promise<FunctionCode> {
  const { openCodeSource } = await import('../service/code.ts');
  const source = openCodeSource(of);
  try {
    return await source.read();
  } finally {
    await source.close();
  }
}
