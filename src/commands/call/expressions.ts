import { usageError } from '../../errors.ts';
import { checkedJson, isJson, objectText } from './json-text.ts';

/** Payload members of an expression, each value as JSON text. */
export type Members = (readonly [name: string, valueText: string])[];

/**
 * `--set PATH=VALUE` and `--remove PATH` as an UpdateExpression. Names and values are given by aliases, since DynamoDB
 * reserves hundreds of words. A VALUE that is JSON is sent as such, anything else as text.
 */
export function updateMembers(set: readonly string[], remove: readonly string[]): Members {
  const aliases = makeAliases();
  const assignments = set.map((assignment) => {
    const [whole = '', name = ''] = /^((?:\\.|[^\\=])+)=/su.exec(assignment) ?? [];
    if (name === '')
      throw usageError(`--set ${assignment}: expected NAME=VALUE.`, 'For example --set name=Ada born=1815.');
    const value = assignment.slice(whole.length);
    return `${pathText(name, aliases, '--set')} = ${aliases.value(isJson(value) ? checkedJson(value, `--set ${name}`) : JSON.stringify(value))}`;
  });
  const removals = remove.map((name) => pathText(name, aliases, '--remove'));
  const clauses = [
    ...(assignments.length > 0 ? [`SET ${assignments.join(', ')}`] : []),
    ...(removals.length > 0 ? [`REMOVE ${removals.join(', ')}`] : []),
  ];
  return [['UpdateExpression', JSON.stringify(clauses.join(' '))], ...aliases.members(), ['ReturnValues', '"ALL_NEW"']];
}

const pathToken = /((?:\\.|[^\\.[\]])+)|\[(\d+)\]|(\.)/suy;

/** `addr.lines[0]` as DynamoDB takes a document path; behind a backslash a dot or a bracket belongs to a name. */
function pathText(path: string, aliases: Aliases, option: string): string {
  const parts: string[] = [];
  pathToken.lastIndex = 0;
  let namesWanted = true;
  while (pathToken.lastIndex < path.length) {
    const [, name, index, dot] = pathToken.exec(path) ?? [];
    const fits = namesWanted ? name !== undefined : index !== undefined || dot !== undefined;
    if (!fits) break;
    parts.push(name === undefined ? (dot ?? `[${index}]`) : aliases.name(unescaped(name)));
    namesWanted = dot !== undefined;
    if (pathToken.lastIndex === path.length && !namesWanted) return parts.join('');
  }
  throw usageError(
    `${option}: "${path}" is not a path to an attribute.`,
    'For example addr.city or tags[0]; a dot that belongs to a name is written \\.',
  );
}

const unescaped = (name: string): string => name.replace(/\\(.)/gsu, '$1');

const words = {
  functions: ['attribute_exists', 'attribute_not_exists', 'attribute_type', 'begins_with', 'contains', 'size'],
  keywords: ['and', 'or', 'not', 'between', 'in'],
  literals: ['true', 'false', 'null'],
};
const filterToken =
  /"(?:[^"\\]|\\.)*"|'[^']*'|-?\d[\w.+-]*|(?:[\p{L}_]|\\.)(?:[\p{L}\p{N}_-]|\\.)*|\[\d+\]|<>|<=|>=|[=<>(),.]|\s+|./gsu;

/**
 * A filter as people write it, `age >= 18 AND begins_with(name, "A")`, as DynamoDB takes it: every attribute name and
 * every literal by an alias.
 */
export function filterMembers(expression: string, option = '--filter'): Members {
  const aliases = makeAliases();
  const compiled = expression.replace(filterToken, (token: string, offset: number) => {
    if (/^\s|^\[\d|^[=<>(),.]/.test(token)) return token;
    if (/^'.*'$/s.test(token)) return aliases.value(JSON.stringify(token.slice(1, -1)));
    if (/^(?:".+"|""|-?\d.*)$/s.test(token)) return aliases.value(checkedJson(token, option));
    if (!/^[\p{L}_\\]/u.test(token)) {
      throw usageError(`${option}: "${token}" is not understood in ${expression}.`, filterHint(option));
    }
    const lower = token.toLowerCase();
    const isCalled = /^\s*\(/.test(expression.slice(offset + token.length));
    if (isCalled && words.functions.includes(lower)) return lower;
    if (words.keywords.includes(lower)) return lower.toUpperCase();
    return words.literals.includes(token) ? aliases.value(token) : aliases.name(unescaped(token));
  });
  if (compiled.trim() === '') throw usageError(`${option} is empty.`, filterHint(option));
  return [['FilterExpression', JSON.stringify(compiled)], ...aliases.members()];
}

const filterHint = (option: string) => `For example ${option} 'age >= 18 AND begins_with(name, "A")'.`;

interface Aliases {
  name(attribute: string): string;
  value(valueText: string): string;
  members(): Members;
}

function makeAliases(): Aliases {
  const names = new Map<string, string>();
  const values: string[] = [];
  return {
    name(attribute) {
      const alias = names.get(attribute) ?? `#n${names.size}`;
      names.set(attribute, alias);
      return alias;
    },
    value(valueText) {
      values.push(valueText);
      return `:v${values.length - 1}`;
    },
    members() {
      const byAlias = [...names].map(([name, alias]): [string, string] => [alias, JSON.stringify(name)]);
      const byNumber = values.map((value, index): [string, string] => [`:v${index}`, value]);
      return [
        ...(byAlias.length > 0 ? [['ExpressionAttributeNames', objectText(byAlias)] as const] : []),
        ...(byNumber.length > 0 ? [['ExpressionAttributeValues', objectText(byNumber)] as const] : []),
      ];
    },
  };
}
