import { ownMember } from '../../own-member.ts';

/** The numbers of a service's inputs that are no Integer but a `Long` or a `Double`: `Structure.member`, or the name of a list or a map. */
export type NumberKinds = Readonly<Record<string, string>>;

/** The greatest of each kind that is whole. */
const most = { Integer: 2 ** 31 - 1, Long: 2 ** 63 } as const;

/** `kinds` undefined: nothing is known of the numbers, and each is taken as it is. */
export function kindOfNumber(kinds: NumberKinds | undefined, place: string): string {
  return kinds === undefined ? 'Double' : (ownMember(kinds, place) ?? 'Integer');
}

/** A number that JSON has, as AWS reads it: what is whole loses its fraction, and what is too large becomes the largest (docs/aws-facts.md#fact-11-30). */
export function fitNumber(number: number, kind: string): number {
  if (kind !== 'Integer' && kind !== 'Long') return number;
  // Not -0.
  return Math.min(most[kind], Math.max(-most[kind] - 1, Math.trunc(number))) + 0;
}

/** A number that stands as text, as in a query, in Java's spelling: no `0x10`, and no blanks; undefined where it is none. */
export function readNumber(text: string, kind: string): number | undefined {
  const spelling = kind === 'Double' ? /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i : /^[+-]?\d+$/;
  return spelling.test(text) ? fitNumber(Number(text), kind) : undefined;
}
