import { type SettingValues, stackSettings as table } from '../settings/table.ts';
import type { StackSettings } from '../stack/settings.ts';
import type { Context } from './command.ts';

/** The options that say how the stack should be, under the settings' own names. */
export type SettingOptions = Partial<SettingValues>;

/** What the stack should be: flags over settings files; the rest is left to the stack's own defaults. */
export async function stackSettings(context: Context, options: SettingOptions): Promise<StackSettings> {
  const given = Object.entries({ ...(await context.settings()), ...options });
  return { ...Object.fromEntries(given.filter(([name]) => Object.hasOwn(table, name))), stack: await context.stack() };
}
