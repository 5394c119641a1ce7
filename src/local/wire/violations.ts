import { AwsError } from '../aws-error.ts';

/** How a service words what is wrong with an input. */
export interface ValidationStyle {
  /** The error's name, as `ValidationException`. */
  code: string;
  /** `Value at 'roleName' failed…`, and enum sets without their values: IAM's words since 2024. */
  hidesValues?: boolean;
  /** Members of the body stand below the operation's input, as `putIntegrationInput.type`: API Gateway's words. */
  namesInput?: boolean;
  /** Elements of lists are said to be required too: Lambda's words. */
  requiresElements?: boolean;
}

export interface Violation {
  /** In AWS's notation: `tags.1.member.key`. */
  at: string;
  value: unknown;
  /** `Member must not be null` */
  rule: string;
  sensitive?: boolean | undefined;
}

/** One constraint. */
export type Rule =
  | { kind: 'length-max' | 'length-min' | 'value-max' | 'value-min'; bound: number | string }
  | { kind: 'pattern'; pattern: string }
  | { kind: 'enum'; values: readonly string[] };

/** A constraint as AWS's front doors print it. */
export function describeRule(rule: Rule, style: Pick<ValidationStyle, 'hidesValues'>): string {
  switch (rule.kind) {
    case 'length-max':
      return `Member must have length less than or equal to ${rule.bound}`;
    case 'length-min':
      return `Member must have length greater than or equal to ${rule.bound}`;
    case 'value-max':
      return `Member must have value less than or equal to ${rule.bound}`;
    case 'value-min':
      return `Member must have value greater than or equal to ${rule.bound}`;
    case 'pattern':
      return `Member must satisfy regular expression pattern: ${rule.pattern}`;
    case 'enum':
      return `Member must satisfy enum value set${style.hidesValues ? '' : `: [${rule.values.join(', ')}]`}`;
  }
}

/** All that is required of each element of a list, or of each key or value of a map, in the order of the recordings. */
export function describeAll(
  of: {
    min?: number;
    max?: number;
    fraction?: boolean;
    pattern?: string;
    enum?: readonly string[];
    isNumber: boolean;
  },
  style: ValidationStyle,
): string {
  const size = of.isNumber ? 'value' : 'length';
  const bound = (number: number) => (of.fraction ? shownFraction(number) : number);
  const rules: Rule[] = [
    ...(of.max === undefined ? [] : [{ kind: `${size}-max` as const, bound: bound(of.max) }]),
    ...(of.min === undefined ? [] : [{ kind: `${size}-min` as const, bound: bound(of.min) }]),
    ...(of.pattern === undefined ? [] : [{ kind: 'pattern' as const, pattern: of.pattern }]),
    ...(of.enum === undefined ? [] : [{ kind: 'enum' as const, values: of.enum }]),
  ];
  const words = rules.map((rule) => describeRule(rule, style));
  if (style.requiresElements) words.push('Member must not be null');
  return words.join(', ');
}

/** An error in AWS's words. */
export function violationError(style: ValidationStyle, violations: Violation[]): AwsError {
  const details = violations.map(({ at, value, rule, sensitive }) => {
    const shown = sensitive || (style.hidesValues && value !== null) ? 'Value' : `Value ${shownValue(value)}`;
    return `${shown} at '${at}' failed to satisfy constraint: ${rule}`;
  });
  const errors = violations.length === 1 ? '1 validation error' : `${violations.length} validation errors`;
  return new AwsError(style.code, `${errors} detected: ${details.join('; ')}`, { statusCode: 400 });
}

/** As Java prints a number that may have a fraction: whole ones with one, too. */
export const shownFraction = (value: number) => (Number.isInteger(value) ? value.toFixed(1) : String(value));

/** As Java prints values. */
function shownValue(value: unknown): string {
  return value === null ? 'null' : `'${shown(value)}'`;
}

function shown(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(shown).join(', ')}]`;
  if (value instanceof Uint8Array) return `java.nio.HeapByteBuffer[pos=0 lim=${value.length} cap=${value.length}]`;
  if (typeof value !== 'object' || value === null) return String(value);
  return `{${Object.entries(value)
    .map(([name, member]) => `${name}=${shown(member)}`)
    .join(', ')}}`;
}
