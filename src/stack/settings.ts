import type { Tags } from '../aws/resource.ts';
import type { ResourceType } from './types.ts';

/** What may be asked for. What is not given is as it was last asked for (remembered in tags), or the default. */
export interface StackSettings {
  stack: string;
  memoryMb?: number;
  runtime?: string;
  architecture?: 'arm64' | 'x86_64';
  tracing?: boolean;
  policy?: 'least-privilege' | 'tutorial';
  retentionDays?: number;
  username?: string;
  /** Least number of characters. */
  passwordLength?: number;
  /** How long a temporary password is good. */
  temporaryPasswordDays?: number;
  /** How long id and access tokens are good. */
  tokenMinutes?: number;
  callbackUrls?: string[];
  logoutUrls?: string[];
  domainPrefix?: string;
}

export type SettingName = Exclude<keyof StackSettings, 'stack'>;
export type SettingValues = Required<Omit<StackSettings, 'stack'>>;

interface Setting<Value> {
  fallback: Value;
  /** The resource whose tags remember it. */
  on: ResourceType;
  /** Tag key after `dynops:`. */
  tag: string;
  write(value: Value): string;
  parse(text: string): Value | undefined;
}

const text = <Value extends string>(fallback: Value, on: ResourceType, tag: string): Setting<Value> => ({
  fallback,
  on,
  tag,
  write: (value) => value,
  // Written by an earlier run, which took it from options that were checked.
  parse: (value) => value as Value,
});

const wholeNumber = (fallback: number, on: ResourceType, tag: string): Setting<number> => ({
  fallback,
  on,
  tag,
  write: String,
  parse: (value) => (/^\d+$/.test(value) ? Number(value) : undefined),
});

const urls = (fallback: string[], on: ResourceType, tag: string): Setting<string[]> => ({
  fallback,
  on,
  tag,
  write: (value) => value.join(' '),
  parse: (value) => value.split(' ').filter(Boolean),
});

/**
 * The settings with their defaults. One that differs from its default is remembered as a tag on the resource it
 * configures: a later `up` without the option keeps it, while a change made outside dynops still counts as drift.
 */
export const settingTable: { [Name in SettingName]: Setting<SettingValues[Name]> } = {
  memoryMb: wholeNumber(128, 'function', 'memory'),
  // The newest runtime that Lambda supports for long (to April 2028); the handler is async, as it asks for.
  runtime: text('nodejs24.x', 'function', 'runtime'),
  architecture: text('arm64', 'function', 'architecture'),
  tracing: {
    fallback: false,
    on: 'function',
    tag: 'tracing',
    write: (value) => (value ? 'on' : 'off'),
    parse: (value) => value === 'on',
  },
  policy: text('least-privilege', 'role', 'policy'),
  retentionDays: wholeNumber(14, 'log-group', 'retention-days'),
  username: text('testuser', 'pool', 'username'),
  passwordLength: wholeNumber(6, 'pool', 'password-length'),
  temporaryPasswordDays: wholeNumber(7, 'pool', 'temporary-password-days'),
  tokenMinutes: wholeNumber(60, 'pool', 'token-minutes'),
  callbackUrls: urls(['https://example.com'], 'pool', 'callback-urls'),
  logoutUrls: urls(['https://example.com'], 'pool', 'logout-urls'),
  domainPrefix: text('', 'pool', 'domain-prefix'),
};

/** What holds for one setting: what is asked for now, what was asked for last, or the default. */
export function settingValue<Name extends SettingName>(
  name: Name,
  asked: StackSettings,
  tagsOf: (type: ResourceType) => Tags | undefined,
): SettingValues[Name] {
  const setting = settingTable[name];
  const remembered = rememberedText(tagsOf(setting.on) ?? {}, `dynops:${setting.tag}`);
  const given = asked[name] as SettingValues[Name] | undefined;
  return given ?? (remembered === undefined ? undefined : setting.parse(remembered)) ?? setting.fallback;
}

/** The tags that a resource of the stack carries: whose it is, and the settings to remember. */
export function stackTags(type: ResourceType, stack: string, values: SettingValues): Tags {
  const tags: Tags = { 'dynops:stack': stack };
  for (const name of Object.keys(settingTable) as SettingName[]) {
    Object.assign(tags, rememberedTag(name, type, values));
  }
  return tags;
}

function rememberedTag<Name extends SettingName>(name: Name, type: ResourceType, values: SettingValues): Tags {
  const { on, tag, write, fallback } = settingTable[name];
  const value = write(values[name]);
  return on === type && value !== write(fallback) ? textTags(`dynops:${tag}`, value) : {};
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
