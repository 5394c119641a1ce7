import { evaluate } from '../velocity/evaluate.ts';
import { createMeter, type Spend } from '../velocity/meter.ts';
import { parseTemplate } from '../velocity/parse.ts';
import { isMap, type MapValue, mapOf, type Tool, toText, type Value } from '../velocity/values.ts';
import { inputTool, type TemplateParameters, utilTool } from './template-tools.ts';

/** API Gateway's mapping templates: Velocity, with `$input`, `$util`, `$context` and `$stageVariables`. */

export interface TemplateInput {
  body: string;
  parameters: TemplateParameters;
  context: Record<string, unknown>;
  stageVariables: Record<string, string>;
}

/** What the templates of one request set of `$context.requestOverride` and `.responseOverride`; each sees what was set before it. */
export interface Overrides {
  request: MapValue;
  response: MapValue;
}

/** Each is set once. Source: developer guide, "Override your API's request and response parameters and status codes". */
export function newOverrides(): Overrides {
  const finalMap = (entries: [string, Value][] = []): MapValue => ({ ...mapOf(entries), final: true });
  const places = (...names: string[]) => finalMap(names.map((name) => [name, finalMap()]));
  return { request: places('path', 'querystring', 'header'), response: places('header') };
}

/** The status and headers that templates gave the answer. */
export function overriddenAnswer(overrides: Overrides | undefined): { status: string; headers: [string, string][] } {
  if (!overrides) return { status: '', headers: [] };
  // What a template left here may be a list of lists without end.
  const spend = createMeter();
  const { entries } = overrides.response;
  const headers = entries.get('header');
  return {
    status: toText(entries.get('status'), spend),
    headers: isMap(headers) ? [...headers.entries].map(([name, value]) => [name, toText(value, spend)]) : [],
  };
}

export type Template = (input: TemplateInput, overrides: Overrides, spend?: Spend) => string;

/** Parses a template once. Throws TemplateSyntaxError or TemplateNotServed; what it makes, BodyNotJson too. */
export function compileTemplate(source: string): Template {
  const parts = parseTemplate(source);
  return (input, { request, response }, spend) =>
    evaluate(
      parts,
      new Map<string, Value>([
        ['input', inputTool(input)],
        ['util', utilTool],
        ['context', contextValue(input.context, { requestOverride: request, responseOverride: response })],
        ['stageVariables', mapOf(membersOf(input.stageVariables))],
      ]),
      spend,
    );
}

function contextValue(context: TemplateInput['context'], overrides: Record<string, Value>): Value {
  const value = mapOf([...membersOf(context), ...Object.entries(overrides)]);
  const authorizer = value.entries.get('authorizer');
  const claims = isMap(authorizer) ? authorizer.entries.get('claims') : undefined;
  if (isMap(authorizer) && isMap(claims)) authorizer.entries.set('claims', nullWithMembers(claims));
  return value;
}

/** The claims are null, and each of them is not. Source: mapping template reference, `$context.authorizer.claims`. */
function nullWithMembers({ entries }: MapValue): Tool {
  return {
    kind: 'tool',
    isNull: true,
    members: entries,
    methods: new Map([['get', ([name], spend) => entries.get(toText(name, spend))]]),
  };
}

const membersOf = (known: object): (readonly [string, Value])[] =>
  Object.entries(known).map(([name, value]) => [name, knownValue(value)] as const);

/** What the engine knows, as a template's value. */
function knownValue(known: unknown): Value {
  if (typeof known === 'string' || typeof known === 'boolean') return known;
  if (typeof known === 'number') return BigInt(known);
  return typeof known === 'object' && known !== null ? mapOf(membersOf(known)) : undefined;
}
