import { AwsError } from '../service.ts';

/** A node of dynalite's parsed condition: an operator over nodes, paths (arrays) and values. */
interface Node {
  type: string;
  name?: string;
  args: Operand[];
}
type Path = (string | number)[];
type Operand = Node | Path | Record<string, unknown>;

/**
 * The same condition, with DynamoDB's rules that a comparison with what is not there is false, and that only strings,
 * numbers and binaries have an order. dynalite takes two missing operands for equal, breaks on a missing one in IN,
 * BETWEEN and begins_with, and orders whatever it gets by its text. Throws AwsError ValidationException.
 */
export function guardOperands(expression: unknown, member: string): unknown {
  if (!isNode(expression)) return expression;
  checkOrdered(expression, member);
  return guard(expression);
}

const orderings = new Set(['<', '<=', '>', '>=', 'between']);
const orderedTypes = ['S', 'N', 'B'];

function checkOrdered(node: Node, member: string): void {
  for (const operand of node.args) {
    if (isNode(operand)) checkOrdered(operand, member);
    else if (!Array.isArray(operand) && orderings.has(node.type)) {
      const [type = ''] = Object.keys(operand);
      if (orderedTypes.includes(type)) continue;
      const message = `Incorrect operand type for operator or function; operator: ${node.type.toUpperCase()}, operand type: ${type}`;
      throw new AwsError('ValidationException', `Invalid ${member}: ${message}`, { statusCode: 400 });
    }
  }
}

function guard(node: Node): Node {
  const [first, second, third] = node.args;
  switch (node.type) {
    case 'and':
    case 'or':
    case 'not':
      return { ...node, args: node.args.map((arg) => (isNode(arg) ? guard(arg) : arg)) };
    case 'in':
      return node.args
        .slice(1)
        .map((arg) => guard({ type: '=', args: [...node.args.slice(0, 1), arg] }))
        .reduce((one, other) => ({ type: 'or', args: [one, other] }));
    case 'between':
      if (!first || !second || !third) return node;
      return {
        type: 'and',
        args: [guard({ type: '>=', args: [first, second] }), guard({ type: '<=', args: [first, third] })],
      };
    case '=':
      return whereThere(node);
    case '<':
    case '<=':
    case '>':
    case '>=':
      return where(node.args.filter((arg) => Array.isArray(arg)).map(isOrdered), whereThere(node));
    default:
      return node.name === 'begins_with' ? whereThere(node) : node;
  }
}

function whereThere(node: Node): Node {
  const exist = node.args
    .flatMap(pathsOf)
    .map((path): Node => ({ type: 'function', name: 'attribute_exists', args: [path] }));
  return where(exist, node);
}

const where = (conditions: Node[], node: Node): Node =>
  conditions.reduceRight((rest, condition): Node => ({ type: 'and', args: [condition, rest] }), node);

function isOrdered(path: Path): Node {
  return orderedTypes
    .map((type): Node => ({ type: 'function', name: 'attribute_type', args: [path, { S: type }] }))
    .reduce((one, other): Node => ({ type: 'or', args: [one, other] }));
}

function pathsOf(operand: Operand): Path[] {
  if (Array.isArray(operand)) return [operand];
  return isNode(operand) ? operand.args.flatMap(pathsOf) : [];
}

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && 'type' in value && 'args' in value && Array.isArray(value.args);
}

/**
 * Makes every value that an update copies from the item a copy. dynalite sets the very same object in the new place, so
 * that `SET a[0] = a` never ends, and a later clause changes both.
 */
export function copyValues(sections: unknown): void {
  if (!Array.isArray(sections)) return;
  for (const section of sections) {
    // dynalite replaces the parsed value by the one it stands for, in this property.
    let value: unknown = section.val;
    if (!Array.isArray(value) && !isNode(value)) continue;
    Object.defineProperty(section, 'val', {
      get: () => value,
      set(resolved: unknown) {
        value = structuredClone(resolved);
      },
    });
  }
}
