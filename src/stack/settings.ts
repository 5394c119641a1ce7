import type { Tags } from '../aws/resource.ts';
import { type Kind, readText } from '../settings/kinds.ts';
import { type SettingName, type SettingValues, stackSettingEntries, stackSettings } from '../settings/table.ts';
import type { ResourceType } from './types.ts';

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

/** https://docs.aws.amazon.com/tag-editor/latest/userguide/best-practices-and-strats.html */
const longestTagValue = 256;
const notInTags = /[^\p{L}\p{N} _.:/+@-]/gu;

/** A text as tags: what tag values may not hold is written `=XX`, byte by byte, and what is longer than one goes on in KEY-2, … */
function textTags(key: string, text: string): Tags {
  const bytes = (character: string) =>
    [...Buffer.from(character)].map((byte) => `=${byte.toString(16).toUpperCase().padStart(2, '0')}`).join('');
  const written = text.replace(notInTags, bytes);
  const tags: Tags = {};
  for (let part = 1; (part - 1) * longestTagValue < Math.max(1, written.length); part += 1) {
    tags[partKey(key, part)] = written.slice((part - 1) * longestTagValue, part * longestTagValue);
  }
  return tags;
}

function rememberedText(tags: Tags, key: string): string | undefined {
  if (tags[key] === undefined) return undefined;
  let written = '';
  for (let part = 1; tags[partKey(key, part)] !== undefined; part += 1) written += tags[partKey(key, part)];
  return written.replace(/(?:=[0-9A-F]{2})+/g, (bytes) => Buffer.from(bytes.replaceAll('=', ''), 'hex').toString());
}

const partKey = (key: string, part: number) => (part === 1 ? key : `${key}-${part}`);
