import { timingSafeEqual } from 'node:crypto';

/**
 * Whether a secret text is the expected one, to the letter, in a time that does not tell how much of it is. Texts, not what they
 * decode to: `Buffer.from` stops without a word at what is not hex or base64, so that anything could stand behind.
 */
export function equalInConstantTime(given: string, expected: string): boolean {
  const [one, other] = [Buffer.from(given), Buffer.from(expected)];
  return one.length === other.length && timingSafeEqual(one, other);
}
