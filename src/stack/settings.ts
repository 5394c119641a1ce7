import type { Tags } from '../aws/resource.ts';
import { rememberedText, textTags } from '../aws/tag-text.ts';
import type { ResourceType } from '../resource-types.ts';
import { type Kind, readText } from '../settings/kinds.ts';
import { type SettingName, type SettingValues, stackSettingEntries, stackSettings } from '../settings/table.ts';

export type { SettingName, SettingValues };
export { stackSettings as settingTable };

/** What may be asked for. What is not given is as it was last asked for (remembered in tags), or the default. */
export type StackSettings = { stack: string } & Partial<SettingValues>;

/** What holds for one setting: what is asked for now, what was asked for last, or the default. */
export function settingValue<Name extends SettingName>(
  name: Name,
  asked: StackSettings,
  tagsOf: (type: ResourceType) => Tags | undefined,
): SettingValues[Name] {
  const given = asked[name] as SettingValues[Name] | undefined;
  return given ?? remembered(name, tagsOf) ?? (stackSettings[name].fallback as SettingValues[Name]);
}

/** What a tag says that is no value, written by hand or by another version, is as if it were not there. */
function remembered<Name extends SettingName>(
  name: Name,
  tagsOf: (type: ResourceType) => Tags | undefined,
): SettingValues[Name] | undefined {
  const setting = stackSettings[name] as Kind<SettingValues[Name]> & Remembering;
  const text = rememberedText(tagsOf(setting.rememberedBy) ?? {}, `dynops:${setting.tag}`);
  const read = text === undefined ? undefined : readText(setting, text);
  return read && 'value' in read ? read.value : undefined;
}

type Remembering = Pick<(typeof stackSettings)[SettingName], 'rememberedBy' | 'tag' | 'fallback'>;

/** The tags that a resource of the stack carries: whose it is, and the settings to remember. */
export function stackTags(type: ResourceType, stack: string, values: SettingValues): Tags {
  const tags: Tags = { 'dynops:stack': stack };
  for (const [name, setting] of stackSettingEntries) {
    const value = (setting as Kind<unknown>).write(values[name]);
    if (setting.rememberedBy !== type || value === (setting as Kind<unknown>).write(setting.fallback)) continue;
    Object.assign(tags, textTags(`dynops:${setting.tag}`, value));
  }
  return tags;
}
