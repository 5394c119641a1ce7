import { ownMember } from '../../own-member.ts';
import { type BoundedPattern, compileForeign } from '../pattern/bounded-match.ts';
import type { NumberKinds } from './numbers.ts';
import {
  describeAll,
  describeRule,
  type Rule,
  shownFraction,
  type ValidationStyle,
  type Violation,
  violationError,
} from './violations.ts';

/** A service's `constraints.json`, written by scripts/constraints.mjs from AWS's published models. */
export interface Constraints {
  /** The models' origin and version. */
  source: string;
  /** Operations that AWS serves without a signature. */
  unsigned: string[];
  /** The numbers of inputs that are no Integers. */
  numbers: NumberKinds;
  /** Operation → the shape of its input, where anything is required of it. */
  inputs: Record<string, string>;
  shapes: Record<string, Shape>;
}

interface Shape {
  /** In the models' order, which is the order in which AWS complains. */
  members?: Record<string, { shape?: string; required?: boolean; in?: string }>;
  /** Lengths of strings (in UTF-16 code units), lists, maps and blobs; ranges of numbers. */
  min?: number;
  max?: number;
  /** Its numbers, and these bounds, are printed with a fraction. */
  fraction?: boolean;
  /** In Java's syntax, for the whole of the text. */
  pattern?: string;
  enum?: string[];
  /** The value is not printed. */
  sensitive?: boolean;
  /** A list's elements; a map's keys and values. */
  of?: string;
  key?: string;
  value?: string;
}

/**
 * One validator for all services: made once for a service, then called with each input before the operation runs, so that
 * constraints are looked at before existence, as AWS does. `input` has the members of the SDK's type (and, for DynamoDB,
 * of the JSON on the wire, which is the same but for blobs in base64). All violations are named in one error.
 * Throws AwsError `style.code`: `2 validation errors detected: Value '…' at '…' failed to satisfy constraint: …; …`.
 * What the models do not carry, an operation refuses by `violationError` (violations.ts), in the same words.
 * `only`: the members of inputs that are looked at; without it all.
 */
export function createValidator(
  constraints: Constraints,
  style: ValidationStyle,
  only?: ReadonlySet<string>,
): (operation: string, input: Record<string, unknown>) => void {
  const { shapes } = constraints;
  const inputs = new Map(
    Object.entries(constraints.inputs).map(([operation, name]) => [operation, membersOf(shapes[name], only)]),
  );
  const patterns = new Map<string, BoundedPattern>();

  function fits(pattern: string, text: string): boolean {
    const compiled = patterns.get(pattern) ?? compileForeign(pattern);
    patterns.set(pattern, compiled);
    return compiled.matches(text);
  }

  /** What a value's own shape forbids, without what is inside of it. */
  function broken(shape: Shape, value: unknown): Rule[] {
    const size = sizeOf(value);
    const rules: Rule[] = [];
    if (size !== undefined && shape.max !== undefined && size.is > shape.max) {
      rules.push({ kind: `${size.of}-max`, bound: asShown(shape, shape.max) });
    }
    if (size !== undefined && shape.min !== undefined && size.is < shape.min) {
      rules.push({ kind: `${size.of}-min`, bound: asShown(shape, shape.min) });
    }
    if (typeof value !== 'string') return rules;
    if (shape.enum && !shape.enum.includes(value)) rules.push({ kind: 'enum', values: shape.enum });
    if (shape.pattern !== undefined && !fits(shape.pattern, value)) {
      rules.push({ kind: 'pattern', pattern: shape.pattern });
    }
    return rules;
  }

  function* check(name: string | undefined, value: unknown, at: string): Generator<Violation> {
    const shape = ownMember(shapes, name);
    if (!shape || value === undefined || value === null || isOtherKind(shape, value)) return;
    if (shape.members) {
      yield* checkMembers(shape.members, value as Record<string, unknown>, (member) => `${at}.${member}`);
      return;
    }
    for (const rule of broken(shape, value)) {
      yield { at, value: asShown(shape, value), rule: describeRule(rule, style), sensitive: shape.sensitive };
    }
    if (Array.isArray(value)) yield* checkList(shape, value, at);
    else if (typeof value === 'object' && !(value instanceof Uint8Array)) yield* checkMap(shape, value, at);
  }

  function* checkMembers(
    members: NonNullable<Shape['members']>,
    value: Record<string, unknown>,
    place: (member: string) => string,
  ): Generator<Violation> {
    for (const [name, { shape, required }] of Object.entries(members)) {
      const held = ownMember(value, name);
      const at = place(lowerFirst(name));
      if (held !== undefined && held !== null) yield* check(shape, held, at);
      else if (required) yield { at, value: null, rule: 'Member must not be null' };
    }
  }

  /** Scalars at fault are told of with all of their list or map, structures one by one. */
  function* checkEach(
    shapeName: string | undefined,
    {
      values,
      at,
      whole,
      words,
      requiresElements = style.requiresElements ?? false,
    }: {
      values: [place: string, value: unknown][];
      at: string;
      whole: unknown;
      words: string;
      requiresElements?: boolean;
    },
  ): Generator<Violation> {
    const shape = ownMember(shapes, shapeName);
    if (!shape) return;
    if (shape.members || shape.of !== undefined || shape.value !== undefined) {
      for (const [place, value] of values) yield* check(shapeName, value, `${at}.${place}.member`);
      return;
    }
    const fault = values.find(([, value]) => broken(shape, value).length > 0);
    if (!fault) return;
    const all = describeAll({ ...shape, isNumber: typeof fault[1] === 'number' }, { ...style, requiresElements });
    yield { at, value: whole, rule: `${words} must satisfy constraint: [${all}]`, sensitive: shape.sensitive };
  }

  function checkList({ of }: Shape, list: unknown[], at: string): Generator<Violation> {
    const values = list.map((value, index): [string, unknown] => [String(index + 1), value]);
    return checkEach(of, { values, at, whole: list, words: 'Member' });
  }

  function* checkMap({ key, value: of }: Shape, map: object, at: string): Generator<Violation> {
    const keys = Object.keys(map).map((name): [string, string] => [name, name]);
    const values = Object.entries(map);
    const shape = ownMember(shapes, of);
    const whole = Object.fromEntries(values.map(([name, value]) => [name, shape ? asShown(shape, value) : value]));
    yield* checkEach(key, { values: keys, at, whole, words: 'Map keys', requiresElements: false });
    yield* checkEach(of, { values, at, whole, words: 'Map value' });
  }

  return (operation, input) => {
    const members = inputs.get(operation) ?? {};
    const found = style.namesInput
      ? [
          ...checkMembers(pick(members, false), input, (member) => `${lowerFirst(operation)}Input.${member}`),
          ...checkMembers(pick(members, true), input, (member) => member),
        ]
      : [...checkMembers(members, input, (member) => member)];
    if (found.length > 0) throw violationError(style, found);
  };
}

const asShown = <Value>({ fraction }: Shape, value: Value) =>
  fraction && typeof value === 'number' ? shownFraction(value) : value;

/** What is of another kind altogether is refused by whoever reads it. */
function isOtherKind({ members, of }: Shape, value: unknown): boolean {
  if (members) return typeof value !== 'object' || Array.isArray(value);
  return of !== undefined && !Array.isArray(value);
}

function membersOf(shape: Shape | undefined, only: ReadonlySet<string> | undefined): NonNullable<Shape['members']> {
  const members = Object.entries(shape?.members ?? {});
  return Object.fromEntries(only ? members.filter(([name]) => only.has(name)) : members);
}

function pick(members: NonNullable<Shape['members']>, inPath: boolean): NonNullable<Shape['members']> {
  return Object.fromEntries(Object.entries(members).filter(([, member]) => (member.in !== undefined) === inPath));
}

function sizeOf(value: unknown): { of: 'length' | 'value'; is: number } | undefined {
  if (typeof value === 'number') return { of: 'value', is: value };
  if (typeof value === 'string' || Array.isArray(value) || value instanceof Uint8Array) {
    return { of: 'length', is: value.length };
  }
  if (typeof value !== 'object' || value === null || value instanceof Date) return undefined;
  return { of: 'length', is: Object.keys(value).length };
}

const lowerFirst = (name: string) => `${name[0]?.toLowerCase() ?? ''}${name.slice(1)}`;
