import { AwsError } from '../service.ts';

/** Without groups, as AWS has it. Throws AwsError InvalidParameterException. */
export function regexTest(source: string): (message: string) => boolean {
  if (!/^[\w:#=@/;,\-^$?[\]{}|\\*+.\s]+$/.test(source)) throw invalidPattern('the regular expression is not supported');
  try {
    const regex = new RegExp(source);
    return (message) => regex.test(message);
  } catch {
    throw invalidPattern('the regular expression is not valid');
  }
}

export function invalidPattern(reason: string): AwsError {
  return new AwsError('InvalidParameterException', `Invalid filter pattern: ${reason}`);
}
