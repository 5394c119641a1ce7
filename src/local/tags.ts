import type { AwsError } from './service.ts';

/**
 * What AWS's services check of tags. Each says what is wrong in its own words, by its own error.
 * Source: botocore's models of IAM and CloudWatch Logs.
 */

export const maxTags = 50;
const maxLength = { key: 128, value: 256 };
const allowedCharacters = /^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$/u;

export interface TagFault {
  /** The tag's place in the list, from 0. */
  index: number;
  part: 'key' | 'value';
  /** The key or value that is at fault. */
  text: string;
  /** `reserved`: keys that begin with `aws:` are AWS's own. */
  rule: 'length' | 'characters' | 'reserved';
}

/** The first tag at fault, if any. `anyCharacter`: for services that are not known to look at them. */
export function findTagFault(
  tags: (readonly [key: string, value: string])[],
  options: { anyCharacter?: boolean } = {},
): TagFault | undefined {
  for (const [index, [key, value]] of tags.entries()) {
    for (const [part, text] of [['key', key] as const, ['value', value] as const]) {
      const rule = brokenRule(part, text, options);
      if (rule) return { index, part, text, rule };
    }
  }
  return undefined;
}

function brokenRule(
  part: TagFault['part'],
  text: string,
  { anyCharacter = false }: { anyCharacter?: boolean },
): TagFault['rule'] | undefined {
  if (text.length > maxLength[part] || (part === 'key' && text === '')) return 'length';
  if (!anyCharacter && !allowedCharacters.test(text)) return 'characters';
  return part === 'key' && /^aws:/i.test(text) ? 'reserved' : undefined;
}

/** How a service words what it does not take; where its models have the lengths, the validator has looked at them before. */
export interface TagRules {
  anyCharacter?: boolean;
  refuse(fault: TagFault, added: Readonly<Record<string, string>>): AwsError;
  tooMany(): AwsError;
}

/** Added tags over those that are there. Throws what the rules say. */
export function addTags(
  before: Readonly<Record<string, string>>,
  added: Readonly<Record<string, string>> | undefined,
  rules: TagRules,
): Record<string, string> {
  const fault = findTagFault(Object.entries(added ?? {}), rules);
  if (fault) throw rules.refuse(fault, added ?? {});
  const tags = { ...before, ...added };
  if (Object.keys(tags).length > maxTags) throw rules.tooMany();
  return tags;
}

export function removeTags(
  before: Readonly<Record<string, string>>,
  keys: readonly string[] = [],
): Record<string, string> {
  return Object.fromEntries(Object.entries(before).filter(([key]) => !keys.includes(key)));
}
