import { compileForeign } from '../pattern/bounded-match.ts';
import { PatternError } from '../pattern/parse.ts';
import { compileReplacement } from '../pattern/replace.ts';
import { compileJsonPath } from '../velocity/json-path.ts';
import { createMeter } from '../velocity/meter.ts';
import { methodNames, patternMethods } from '../velocity/methods.ts';
import { parseTemplate } from '../velocity/parse.ts';
import {
  type Expression,
  type Part,
  type Reference,
  type Step,
  TemplateNotServed,
  TemplateSyntaxError,
} from '../velocity/syntax.ts';
import { inputMethods, utilTool } from './template-tools.ts';

/**
 * What a template asks for that is not served here, in words; undefined: nothing. What is no Velocity is API Gateway's own
 * matter: it takes such a template and fails when it is used.
 */
export function unservedInTemplate(source: string): string | undefined {
  try {
    for (const reference of referencesIn(parseTemplate(source))) check(reference);
    return undefined;
  } catch (error) {
    if (error instanceof TemplateNotServed) return error.message;
    if (error instanceof PatternError) return `the regular expression (${error.message})`;
    if (error instanceof TemplateSyntaxError) return undefined;
    throw error;
  }
}

function check({ name, steps }: Reference): void {
  const path = [name, ...steps.map((step) => (step.kind === 'index' ? '' : step.name))].join('.');
  // A function's payload has no headers, path and query; a header could still ask for an invocation without an answer.
  if (path.startsWith('context.requestOverride.header')) throw new TemplateNotServed(`$${path}`);
  for (const [at, step] of steps.entries()) {
    if (step.kind !== 'call') continue;
    const known = at > 0 ? methodNames : (rootMethods.get(name) ?? methodNames);
    if (!known.has(step.name))
      throw new TemplateNotServed(at === 0 ? `$${name}.${step.name}` : `the method ${step.name}`);
    checkText(name === 'input' && at === 0 ? 'input' : 'value', step);
  }
}

const rootMethods: ReadonlyMap<string, ReadonlySet<string>> = new Map([
  ['input', new Set(inputMethods)],
  ['util', new Set(utilTool.methods.keys())],
]);

/** Paths and expressions that are written out can be read before they are used. */
function checkText(of: 'input' | 'value', { name, given }: Extract<Step, { kind: 'call' }>): void {
  const text = textOf(given[0]);
  if (text === undefined) return;
  if (of === 'input' && name !== 'params') compileJsonPath(text, createMeter());
  else if (of === 'value' && patternMethods.includes(name))
    name === 'matches' ? compileForeign(text) : compileReplacement(text, createMeter());
}

function textOf(expression: Expression | undefined): string | undefined {
  if (expression?.kind === 'literal') return typeof expression.value === 'string' ? expression.value : undefined;
  if (expression?.kind !== 'interpolated') return undefined;
  const texts = expression.parts.map((part) => (part.kind === 'text' ? part.text : undefined));
  return texts.includes(undefined) ? undefined : texts.join('');
}

function referencesIn(parts: Part[]): Reference[] {
  return parts.flatMap((part) => {
    switch (part.kind) {
      case 'print':
        return inExpression(part.reference);
      case 'set':
        return [...inExpression(part.target), ...inExpression(part.value)];
      case 'if':
        return part.branches.flatMap(({ condition, body }) => [
          ...(condition ? inExpression(condition) : []),
          ...referencesIn(body),
        ]);
      case 'foreach':
        return [...inExpression(part.over), ...referencesIn(part.body)];
      case 'define':
        return referencesIn(part.body);
      case 'macro':
        return referencesIn(part.macro.body);
      case 'use':
        return part.given.flatMap(inExpression);
      default:
        return [];
    }
  });
}

function inExpression(expression: Expression): Reference[] {
  switch (expression.kind) {
    case 'literal':
      return [];
    case 'reference': {
      const inner = expression.steps.flatMap((step) =>
        step.kind === 'call' ? step.given : step.kind === 'index' ? [step.at] : [],
      );
      return [expression, ...inner.flatMap(inExpression)];
    }
    case 'interpolated':
      return referencesIn(expression.parts);
    case 'list':
      return expression.items.flatMap(inExpression);
    case 'range':
      return [...inExpression(expression.from), ...inExpression(expression.to)];
    case 'map':
      return expression.entries.flat().flatMap(inExpression);
    case 'not':
      return inExpression(expression.of);
    case 'chain':
      return [expression.first, ...expression.rest.map(({ operand }) => operand)].flatMap(inExpression);
  }
}
