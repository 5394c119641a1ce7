import { AwsError } from '../service.ts';
import { violationError } from '../wire/violations.ts';

interface TextConstraint {
  /** The member's name as AWS prints it: lower camel case. */
  member: string;
  min?: number;
  max?: number;
  pattern?: RegExp;
  /** Passwords and the like are left out of the message. */
  secret?: boolean;
}

export function invalidParameter(message: string, attribute?: string): AwsError {
  return new AwsError('InvalidParameterException', message, attribute === undefined ? {} : { attribute });
}

function violation(value: unknown, at: string, rule: string, sensitive = false): AwsError {
  return violationError({ code: 'InvalidParameterException' }, [{ at, value, rule, sensitive }]);
}

/** Checks a string as AWS's front door does; throws InvalidParameterException. Source: botocore's cognito-idp model. */
export function checkText(value: string | undefined, constraint: TextConstraint): void {
  if (value === undefined) return;
  const { member, min, max, pattern, secret } = constraint;
  if (min !== undefined && value.length < min)
    throw violation(value, member, `Member must have length greater than or equal to ${min}`, secret);
  if (max !== undefined && value.length > max)
    throw violation(value.slice(0, max), member, `Member must have length less than or equal to ${max}`, secret);
  if (pattern && !new RegExp(`^(?:${pattern.source})$`, pattern.flags).test(value))
    throw violation(value, member, `Member must satisfy regular expression pattern: ${pattern.source}`, secret);
}

export function checkNumber(value: number | undefined, member: string, range: { min: number; max: number }): void {
  if (value === undefined) return;
  if (value < range.min) throw violation(value, member, `Member must have value greater than or equal to ${range.min}`);
  if (value > range.max) throw violation(value, member, `Member must have value less than or equal to ${range.max}`);
}

/** `allowed`: one of the SDK's enum objects. */
export function checkEnum(value: string | undefined, member: string, allowed: Record<string, string>): void {
  if (value === undefined || Object.values(allowed).includes(value)) return;
  throw violation(value, member, `Member must satisfy enum value set: [${Object.values(allowed).join(', ')}]`);
}

export const usernamePattern = /[\p{L}\p{M}\p{S}\p{N}\p{P}]+/u;
/** Whether anybody can be called so: what comes from the pages, AWS's front door has not seen. */
export const isUsername = (text: string): boolean =>
  text.length <= 128 && new RegExp(`^${usernamePattern.source}$`, 'u').test(text);
export const namePattern = /[\w\s+=,.@-]+/;
