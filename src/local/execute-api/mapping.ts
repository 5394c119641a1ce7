import { ownMember } from '../../own-member.ts';

/** The text of a mapping's `'literal'`. */
export const literalIn = (source: string): string | undefined => /^'(.*)'$/.exec(source)?.[1];

/** `context.identity.sourceIp` and its like. */
export function memberText(root: object, names: string[]): string | undefined {
  const found = names.reduce<unknown>(
    (owner, name) =>
      typeof owner === 'object' && owner !== null ? ownMember(owner as Record<string, unknown>, name) : undefined,
    root,
  );
  return typeof found === 'string' || typeof found === 'number' || typeof found === 'boolean'
    ? String(found)
    : undefined;
}
