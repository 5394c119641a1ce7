import { compileJsonPath } from '../velocity/json-path.ts';
import type { Spend } from '../velocity/meter.ts';
import { mapOf, parseJson, type Tool, toJson, toText, type Value } from '../velocity/values.ts';

/** `$input` and `$util`. Source: API Gateway developer guide, mapping template reference. */

/** The body that a template reads begins as JSON and is none. */
export class BodyNotJson extends Error {}

export const inputMethods: readonly string[] = ['json', 'params', 'path'];

/** Path, query and header parameters, as `$input.params()` gives them. */
export interface TemplateParameters {
  path: Record<string, string>;
  querystring: Record<string, string>;
  header: Record<string, string>;
}

export function inputTool({ body, parameters }: { body: string; parameters: TemplateParameters }): Tool {
  const { path, querystring, header } = parameters;
  let root: { value: Value } | undefined;
  const find = (jsonPath: Value, spend: Spend) => {
    root ??= { value: readBody(body, spend) };
    const found = compileJsonPath(toText(jsonPath, spend), spend).find(root.value);
    // What is not there is an empty string; what is null is null.
    return found === undefined ? '' : found;
  };
  const params = (name: Value, spend: Spend) => {
    if (name === undefined) {
      return mapOf(
        Object.entries({ path, querystring, header }).map(([place, values]) => [place, mapOf(Object.entries(values))]),
      );
    }
    const wanted = toText(name, spend);
    return [path, querystring, header].find((values) => Object.hasOwn(values, wanted))?.[wanted] ?? '';
  };
  return {
    kind: 'tool',
    members: new Map([['body', body]]),
    methods: new Map<string, (given: Value[], spend: Spend) => Value>([
      ['json', ([jsonPath], spend) => toJson(find(jsonPath, spend), spend)],
      ['path', ([jsonPath], spend) => find(jsonPath, spend)],
      ['params', ([name], spend) => params(name, spend)],
    ]),
  };
}

/** Text that is no object and no list counts as a string: this is how templates read forms, by `$input.path('$').split('&')`. */
function readBody(body: string, spend: Spend): Value {
  try {
    return parseJson(body.trim() === '' ? '{}' : body, spend);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    if (!/^\s*[{[]/.test(body)) return body;
    throw new BodyNotJson(error.message);
  }
}

/** As Java's URLEncoder does: of the signs, `-_.*` alone stay, and half a surrogate pair is a question mark. */
const urlEncode = (text: string) =>
  encodeURIComponent(text.replaceAll(/\p{Cs}/gu, '?'))
    .replaceAll('%20', '+')
    .replaceAll(/[!'()~]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`);

/** As Java's URLDecoder does: bytes that are no UTF-8 are told by U+FFFD; what is no escape ends the template. */
const urlDecode = (text: string) =>
  text.replaceAll('+', ' ').replaceAll(/(?:%[\dA-Fa-f]{2})+|%/g, (escapes) => {
    if (escapes === '%') throw new TypeError('an escape that cannot be read');
    return Buffer.from(escapes.replaceAll('%', ''), 'hex').toString();
  });

const utilMethods: Record<string, (given: string, spend: Spend) => Value> = {
  escapeJavaScript,
  parseJson: (text, spend) => {
    try {
      return parseJson(text, spend);
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error;
      // So AWS answers nonsense.
      return '';
    }
  },
  urlEncode,
  urlDecode,
  base64Encode: (text) => Buffer.from(text).toString('base64'),
  base64Decode: (text) => Buffer.from(text, 'base64').toString(),
};

export const utilTool: Tool = {
  kind: 'tool',
  members: new Map(),
  methods: new Map(
    Object.entries(utilMethods).map(([name, method]) => [
      name,
      ([given], spend) => method(toText(given, spend), spend),
    ]),
  ),
};

/** As Apache Commons does, single quotes included: AWS's documentation tells authors to turn `\'` back. */
function escapeJavaScript(text: string): string {
  return text.replace(/[^ -~]|["'\\/]/g, (character) => {
    const named: Record<string, string> = { '\n': '\\n', '\r': '\\r', '\t': '\\t', '\b': '\\b', '\f': '\\f' };
    if (named[character]) return named[character];
    if (/["'\\/]/.test(character)) return `\\${character}`;
    return `\\u${character.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}`;
  });
}
