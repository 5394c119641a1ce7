import type { Node } from 'jsonc-parser';
import { ownMember } from '../own-member.ts';
import { nearest } from '../settings/nearest.ts';

/** What a member of a service file may be: checked, worded, and written down as JSON Schema from one description. */
export type Shape =
  | { kind: 'text'; problem(text: string): string | undefined; example: string }
  /** Whole numbers, unless `fractions`. */
  | { kind: 'number'; least: number; most: number; example: number; fractions?: true }
  | { kind: 'choice'; of: readonly string[] }
  | { kind: 'object'; members: Record<string, Member> }
  /** `keyProblem` says what is wrong with a member's name. */
  | { kind: 'map'; called: string; keyProblem(key: string): string | undefined; value: Shape }
  | { kind: 'list'; of: Shape }
  | { kind: 'any' }
  /** A shorter way to write what an object says. */
  | { kind: 'either'; short: Shape; long: Shape & { kind: 'object' } };

export interface Member {
  shape: Shape;
  /** One sentence for the schema and the reference. */
  help: string;
  required?: true;
  /** As the reference shows it. */
  fallback?: string;
}

/** One mistake: where it is, what is wrong, and what would be right. */
export interface Fault {
  /** Offset into the text. */
  at: number;
  message: string;
  right: string;
}

/** The mistakes of a value and of all that is in it. `path` names the value: `functions.orders.memoryMb`. */
export function faultsOf(shape: Shape, node: Node, path: string): Fault[] {
  const fault = (problem: string, right: string): Fault[] => [
    { at: node.offset, message: `"${path}" ${problem}`, right },
  ];
  switch (shape.kind) {
    case 'text': {
      if (node.type !== 'string')
        return fault(`must be a string; it is ${shown(node)}`, `For example ${quoted(shape.example)}.`);
      const problem = shape.problem(String(node.value));
      return problem === undefined
        ? []
        : fault(`${problem}; it is ${shown(node)}`, `For example ${quoted(shape.example)}.`);
    }
    case 'number': {
      const { least, most, example, fractions = false } = shape;
      const value = Number(node.value);
      const fits = node.type === 'number' && (fractions || Number.isInteger(value)) && value >= least && value <= most;
      return fits
        ? []
        : fault(
            `must be a ${fractions ? '' : 'whole '}number from ${least} to ${most}; it is ${shown(node)}`,
            `For example ${example}.`,
          );
    }
    case 'choice': {
      if (node.type === 'string' && shape.of.includes(String(node.value))) return [];
      const close = node.type === 'string' ? nearest(String(node.value), shape.of) : undefined;
      return fault(
        `must be one of ${shape.of.map(quoted).join(', ')}; it is ${shown(node)}`,
        close === undefined ? `For example ${quoted(shape.of[0] ?? '')}.` : `Did you mean ${quoted(close)}?`,
      );
    }
    case 'list':
      if (node.type !== 'array') return fault(`must be a list; it is ${shown(node)}`, 'Write [ … ] around it.');
      return (node.children ?? []).flatMap((item, index) => faultsOf(shape.of, item, `${path}[${index}]`));
    case 'map':
      if (node.type !== 'object')
        return fault(`must be an object; it is ${shown(node)}`, `Write {"NAME": …}, by the ${shape.called}.`);
      return membersOf(node).flatMap(({ key, at, value }) => {
        const problem = shape.keyProblem(key);
        const wrongKey =
          problem === undefined
            ? []
            : [{ at, message: `${quoted(key)} in "${path}" ${problem}`, right: `Choose another ${shape.called}.` }];
        return [...wrongKey, ...faultsOf(shape.value, value, joined(path, key))];
      });
    case 'object':
      if (node.type !== 'object')
        return fault(
          `must be an object; it is ${shown(node)}`,
          `It may hold ${Object.keys(shape.members).join(', ')}.`,
        );
      return objectFaults(shape.members, node, path);
    case 'any':
      return [];
    case 'either':
      return faultsOf(node.type === 'object' ? shape.long : shape.short, node, path);
  }
}

/** Mistakes of an object's members: unknown, doubled, missing, or wrong in themselves. */
export function objectFaults(members: Record<string, Member>, node: Node, path: string): Fault[] {
  const found = membersOf(node);
  const names = Object.keys(members);
  const where = path === '' ? '' : ` in "${path}"`;
  const missing = names
    .filter((name) => members[name]?.required && !found.some(({ key }) => key === name))
    .map((name) => ({ at: node.offset, message: `"${name}" is missing${where}`, right: members[name]?.help ?? '' }));
  return [
    ...missing,
    ...found.flatMap(({ key, at, value }, index) => {
      const member = ownMember(members, key);
      if (!member) {
        const close = nearest(key, names);
        const right = close === undefined ? `Known here: ${names.join(', ')}.` : `Did you mean ${quoted(close)}?`;
        return [{ at, message: `unknown key ${quoted(key)}${where}`, right }];
      }
      if (found.findIndex((other) => other.key === key) < index) {
        return [{ at, message: `${quoted(key)} appears twice${where}`, right: 'Keep one of them.' }];
      }
      return faultsOf(member.shape, value, joined(path, key));
    }),
  ];
}

/** An object's members with the offset of each name. */
export function membersOf(node: Node): { key: string; at: number; value: Node }[] {
  return (node.children ?? []).flatMap(({ children: [name, value] = [] }) =>
    name && value ? [{ key: String(name.value), at: name.offset, value }] : [],
  );
}

export const joined = (path: string, key: string) => {
  const name = /^[\w-]+$/.test(key) ? key : `"${key}"`;
  return path === '' ? name : `${path}.${name}`;
};

export const quoted = (text: string) => JSON.stringify(text);

const numberText = (value: number) => (Object.is(value, -0) ? '-0' : String(value));

/** A value as an error shows it; long ones are cut. */
function shown(node: Node): string {
  if (node.type === 'object') return 'an object';
  if (node.type === 'array') return 'a list';
  // JSON has no way to write what `1e999` and `-0` are to JavaScript.
  const text = node.type === 'number' ? numberText(Number(node.value)) : JSON.stringify(node.value);
  return text.length > 60 ? `${text.slice(0, 57)}…` : text;
}
