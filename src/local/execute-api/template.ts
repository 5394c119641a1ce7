import { Compile, parse } from 'velocityjs';
import { findJson } from './json-source.ts';

/** API Gateway's mapping templates: Velocity, with `$input`, `$util`, `$context` and `$stageVariables`. */

export interface TemplateInput {
  body: string;
  /** Path, query and header parameters, as `$input.params()` gives them. */
  parameters: { path: Record<string, string>; querystring: Record<string, string>; header: Record<string, string> };
  context: Record<string, unknown>;
  stageVariables: Record<string, string>;
}

type Ast = ReturnType<typeof parse>;
export type Template = (input: TemplateInput) => string;

/** What is longer than a payload is no answer. */
const maxOutputLength = 10 * 1024 * 1024;
/** Of one `#foreach`. Source: API Gateway developer guide, quotas. */
const maxIterations = 1_000;
/** Of loops in loops, which AWS says nothing of: the engine serves nobody else meanwhile. */
const maxBlocks = 100_000;

type Block = Parameters<Compile['renderAstList']>[0];

/** Velocity whose loops end: their length may come from the caller. */
class BoundedCompile extends Compile {
  readonly #runs = new WeakMap<object, number>();
  #blocks = 0;

  /** Called once for each iteration, with the loop's own block. */
  override renderAstList(block?: Block, contextId?: string): string {
    const runs = block ? (this.#runs.get(block) ?? 0) + 1 : 0;
    if (block) this.#runs.set(block, runs);
    this.#blocks += 1;
    if (runs > maxIterations || this.#blocks > maxBlocks) throw new Error('a #foreach has too many iterations');
    return super.renderAstList(block, contextId);
  }

  /** A list, or a range as `[1..$n]`, which would be made whole before anything runs over it. */
  getArray(literal: { isRange?: boolean; value: unknown[] }): unknown[] {
    // The package mixes these into the class without saying so in its types.
    const { getArray, getLiteral } = Compile.prototype as unknown as {
      getArray: typeof BoundedCompile.prototype.getArray;
      getLiteral: (literal: unknown) => unknown;
    };
    if (literal.isRange) {
      const [from = 0, to = 0] = literal.value.map((end) =>
        Number(typeof end === 'object' ? getLiteral.call(this, end) : end),
      );
      if (Math.abs(to - from) >= maxIterations) throw new Error('a range is too long');
    }
    return getArray.call(this, literal);
  }
}

/** The body that a template reads is not JSON. */
export class BodyNotJson extends Error {}

/** Parses a template once. Throws where the template is not Velocity; what it makes, BodyNotJson too. */
export function compileTemplate(source: string): Template {
  const ast: Ast = parse(source);
  return (input) => {
    const text = new BoundedCompile(ast).render({
      input: inputObject(input),
      util: utilObject(),
      context: input.context,
      stageVariables: input.stageVariables,
    });
    if (text.length > maxOutputLength) throw new Error('the template wrote more than a payload can be');
    return text;
  };
}

function inputObject(input: TemplateInput) {
  const { path, querystring, header } = input.parameters;
  const find = (jsonPath: string) => {
    const text = input.body || '{}';
    try {
      JSON.parse(text);
    } catch (error) {
      throw new BodyNotJson(error instanceof Error ? error.message : String(error));
    }
    return findJson(text, jsonPath);
  };
  return {
    body: input.body,
    json: (jsonPath: string) => find(jsonPath) ?? '',
    path: (jsonPath: string) => {
      const found = find(jsonPath);
      return found === undefined ? '' : JSON.parse(found);
    },
    params: (name?: string) => {
      if (name === undefined) return { path, querystring, header };
      return [path, querystring, header].find((values) => Object.hasOwn(values, name))?.[name] ?? '';
    },
  };
}

function utilObject() {
  return {
    escapeJavaScript: escapeJavaScript,
    parseJson: (text: unknown) => JSON.parse(String(text)),
    urlEncode: (text: unknown) => encodeURIComponent(String(text)).replaceAll('%20', '+'),
    urlDecode: (text: unknown) => decodeURIComponent(String(text).replaceAll('+', ' ')),
    base64Encode: (text: unknown) => Buffer.from(String(text)).toString('base64'),
    base64Decode: (text: unknown) => Buffer.from(String(text), 'base64').toString(),
  };
}

/** As Apache Commons does, single quotes included: AWS's documentation tells authors to turn `\'` back. */
function escapeJavaScript(text: unknown): string {
  return String(text).replace(/[^ -~]|["'\\/]/g, (character) => {
    const named: Record<string, string> = { '\n': '\\n', '\r': '\\r', '\t': '\\t', '\b': '\\b', '\f': '\\f' };
    if (named[character]) return named[character];
    if (/["'\\/]/.test(character)) return `\\${character}`;
    return `\\u${character.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}`;
  });
}
