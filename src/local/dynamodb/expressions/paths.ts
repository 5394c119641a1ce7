import { ownMember } from '../../../own-member.ts';
import type { AttributeValue, Item } from '../values/types.ts';
import type { Fail } from './placeholders.ts';
import type { Condition, Operand, Path, Update, UpdateOperand } from './types.ts';

/** What the path leads to; nothing where it leads nowhere. */
export function valueAt(path: Path, item: Item | undefined): AttributeValue | undefined {
  let value: AttributeValue | undefined = item?.[path[0]];
  for (let at = 1; at < path.length && value; at += 1) {
    const step = path[at];
    if (typeof step === 'number') value = 'L' in value ? value.L[step] : undefined;
    else value = 'M' in value ? ownMember(value.M, step) : undefined;
  }
  return value;
}

/** As AWS writes paths in its messages: `[a, [0], b]`. */
export function describePath(path: Path): string {
  return `[${path.map((step) => (typeof step === 'number' ? `[${step}]` : step)).join(', ')}]`;
}

interface Branch {
  /** The first path that went through here, and the one that ended here. */
  through: Path;
  end: Path | undefined;
  names: Map<string, Branch>;
  indexes: Map<number, Branch>;
}

/** Refuses paths of which one leads into the other, or that want one value to be a map and a list. In linear time. */
export function checkApart(paths: readonly Path[], fail: Fail): void {
  const roots = new Map<string, Branch>();
  let conflict: (() => never) | undefined;
  const refuse = (what: string, one: Path, two: Path): never => {
    throw fail(
      `Two document paths ${what} with each other; must remove or rewrite one of these paths; ` +
        `path one: ${describePath(one)}, path two: ${describePath(two)}`,
    );
  };
  for (const path of paths) {
    let branch = grow(roots, path[0], path);
    for (const step of path.slice(1)) {
      if (branch.end) refuse('overlap', branch.end, path);
      const other = typeof step === 'number' ? branch.names : branch.indexes;
      const [first] = other.values();
      if (first) conflict ??= () => refuse('conflict', first.through, path);
      branch = typeof step === 'number' ? grow(branch.indexes, step, path) : grow(branch.names, step, path);
    }
    if (branch.through !== path) refuse('overlap', branch.end ?? branch.through, path);
    branch.end = path;
  }
  conflict?.();
}

function grow<Key>(branches: Map<Key, Branch>, key: Key, path: Path): Branch {
  const known = branches.get(key);
  if (known) return known;
  const branch: Branch = { through: path, end: undefined, names: new Map(), indexes: new Map() };
  branches.set(key, branch);
  return branch;
}

/** Every path that the condition looks at. */
export function pathsIn(condition: Condition): Path[] {
  switch (condition.kind) {
    case 'and':
    case 'or':
      return condition.conditions.flatMap(pathsIn);
    case 'not':
      return pathsIn(condition.condition);
    case 'exists':
    case 'not exists':
      return [condition.path];
    default:
      return operandsOf(condition).flatMap((operand) => pathOf(operand) ?? []);
  }
}

function operandsOf(
  condition: Exclude<Condition, { kind: 'and' | 'or' | 'not' | 'exists' | 'not exists' }>,
): Operand[] {
  switch (condition.kind) {
    case 'compare':
      return [condition.left, condition.right];
    case 'between':
      return [condition.operand, condition.low, condition.high];
    case 'in':
      return [condition.operand, ...condition.candidates];
    case 'type':
      return [condition.operand];
    case 'begins with':
      return [condition.operand, condition.prefix];
    case 'contains':
      return [condition.operand, condition.member];
  }
}

function pathOf(operand: Operand): Path[] | undefined {
  if (operand.kind === 'size') return pathOf(operand.of);
  return operand.kind === 'path' ? [operand.path] : undefined;
}

/** Every path that the update changes or looks at. */
export function pathsInUpdate({ actions }: Update): Path[] {
  return actions.flatMap((action) => [action.path, ...(action.kind === 'SET' ? pathsInOperand(action.value) : [])]);
}

function pathsInOperand(operand: UpdateOperand): Path[] {
  switch (operand.kind) {
    case 'value':
      return [];
    case 'path':
      return [operand.path];
    case 'if_not_exists':
      return [operand.path, ...pathsInOperand(operand.otherwise)];
    case 'list_append':
      return [operand.first, operand.second].flatMap(pathsInOperand);
    default:
      return [operand.left, operand.right].flatMap(pathsInOperand);
  }
}
