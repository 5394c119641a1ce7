/** The canonical form of a number: plain decimals without superfluous zeros. Throws AwsError ValidationException. */
export function normalizeNumber(text: string): string {
  throw new Error(`not there yet: ${text}`);
}

/** Negative, 0, positive. Of canonical numbers. */
export function compareNumbers(left: string, right: string): number {
  throw new Error(`not there yet: ${left} ${right}`);
}
