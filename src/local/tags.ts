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

/** A constraint as AWS's front doors print it: of a list's member, or of all of a map (with its anchors). */
export function tagConstraints(part: TagFault['part']) {
  const [min, quantifier] = part === 'key' ? [1, '+'] : [0, '*'];
  return {
    atLeast: `Member must have length greater than or equal to ${min}`,
    atMost: `Member must have length less than or equal to ${maxLength[part]}`,
    pattern: `[\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]${quantifier}`,
  };
}

/** The words of the services whose tags are a map, for a fault of length or characters; as cloud-custodian#2520 quotes Lambda. */
export function describeMapFault(
  tags: Record<string, string>,
  { part }: TagFault,
  options: { anyCharacter?: boolean } = {},
): string {
  const { atLeast, atMost, pattern } = tagConstraints(part);
  const shown = Object.entries(tags).map((tag) => tag.join('='));
  const rules = [
    atMost,
    atLeast,
    ...(options.anyCharacter ? [] : [`Member must satisfy regular expression pattern: ^(${pattern})$`]),
  ];
  const place = part === 'key' ? 'keys' : 'value';
  return `1 validation error detected: Value '{${shown.join(', ')}}' at 'tags' failed to satisfy constraint: Map ${place} must satisfy constraint: [${rules.join(', ')}]`;
}
