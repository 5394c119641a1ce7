import { compileForeign } from '../pattern/bounded-match.ts';
import { PatternError } from '../pattern/parse.ts';
import { AwsError } from '../service.ts';

/** Without groups, as AWS has it. Throws AwsError InvalidParameterException. */
export function regexTest(source: string): (message: string) => boolean {
  if (!/^[\w:#=@/;,\-^$?[\]{}|\\*+.\s]+$/.test(source)) throw invalidPattern('the regular expression is not supported');
  try {
    return compileForeign(source).isFoundIn;
  } catch (error) {
    if (error instanceof PatternError) throw invalidPattern('the regular expression is not valid');
    throw error;
  }
}

export function invalidPattern(reason: string): AwsError {
  return new AwsError('InvalidParameterException', `Invalid filter pattern: ${reason}`);
}
