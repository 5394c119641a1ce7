import type { Integration, IntegrationResponse, Method } from '@aws-sdk/client-api-gateway';
import { ownMember } from '../../own-member.ts';
import { createSchemaChecks } from '../apigateway/json-schema.ts';
import type { Definition, DeploymentRecord, ResourceRecord } from '../apigateway/records.ts';
import { type BoundedPattern, compileForeign } from '../pattern/bounded-match.ts';
import { PatternError } from '../pattern/parse.ts';
import { compileTemplate, type Template } from './template.ts';

/** A deployment made ready to serve: paths and patterns are read once. */
export interface Deployed {
  definition: Definition;
  /** Of the resources that take the path, the most specific that has the method; where none has it, the most specific. */
  match(path: string, httpMethod: string): Match | undefined;
  /** Whether a selection pattern takes the whole of a message. */
  matches(pattern: string, message: string): boolean;
  template(source: string): Template;
  /** Why a body is not what a model says; undefined: it is. */
  bodyFault(model: string, body: Buffer): string | undefined;
}

export interface Match {
  resource: ResourceRecord;
  method: Method | undefined;
  parameters: Record<string, string>;
}

/** An integration's responses: the first whose pattern takes the message is chosen, else the one without a pattern. */
export interface Choices {
  patterned: IntegrationResponse[];
  usual: IntegrationResponse | undefined;
}

const choices = new WeakMap<Integration, Choices>();

export function choicesOf(integration: Integration): Choices {
  const known = choices.get(integration);
  if (known) return known;
  const responses = Object.values(integration.integrationResponses ?? {});
  const made = {
    patterned: responses.filter(({ selectionPattern }) => selectionPattern),
    usual: responses.find(({ selectionPattern }) => !selectionPattern),
  };
  choices.set(integration, made);
  return made;
}

const ready = new WeakMap<Definition, Deployed>();

export function deployed({ definition }: Pick<DeploymentRecord, 'definition'>): Deployed {
  const known = ready.get(definition);
  if (known) return known;
  const made = prepare(definition);
  ready.set(definition, made);
  return made;
}

function prepare(definition: Definition): Deployed {
  const routes = Object.values(definition.resources)
    .map((resource) => ({ resource, segments: resource.path.split('/').filter(Boolean) }))
    .sort((a, b) => specificity(b.segments) - specificity(a.segments));
  const patterns = new Map<string, BoundedPattern | undefined>();
  /** Whether each takes the message of an answer without one: the case of nearly every request. */
  const takesNothing = new Map<string, boolean>();
  const templates = new Map<string, Template>();
  const checkOf = createSchemaChecks((name) => ownMember(definition.models, name)?.schema);
  return {
    definition,
    match(path, httpMethod) {
      // Slashes at both ends count for nothing; two within part an empty segment.
      const inner = path.replace(/^\/+|\/$/g, '');
      const segments = inner === '' ? [] : inner.split('/');
      let first: Match | undefined;
      for (const { resource, segments: wanted } of routes) {
        const parameters = matchSegments(wanted, segments);
        if (!parameters) continue;
        const method = findMethod(resource, httpMethod);
        // Recorded: an OPTIONS that `/test` lacks is that of `/{proxy+}` (localstack `apigateway/test_apigateway_common`
        // test_proxy_routing_with_hardcoded_resource_sibling).
        if (method) return { resource, method, parameters };
        first ??= { resource, method, parameters };
      }
      return first;
    },
    matches(source, message) {
      const known = message === '' ? takesNothing.get(source) : undefined;
      if (known !== undefined) return known;
      if (!patterns.has(source)) patterns.set(source, compilePattern(source));
      const found = patterns.get(source)?.matches(message) ?? false;
      if (message === '') takesNothing.set(source, found);
      return found;
    },
    bodyFault(model, body) {
      try {
        const faults = checkOf(model)(JSON.parse(body.toString()));
        return faults.length > 0 ? `[${faults.join(', ')}]` : undefined;
      } catch (error) {
        // As a test of a method was seen to log it (2021), of an empty body.
        if (error instanceof SyntaxError) return '[Unknown error parsing request body]';
        throw error;
      }
    },
    template(source) {
      const known = templates.get(source) ?? compileTemplate(source);
      templates.set(source, known);
      return known;
    },
  };
}

/** Literal segments before parameters, parameters before `{proxy+}`. */
function specificity(segments: string[]): number {
  return segments.reduce((sum, segment) => sum * 4 + (segment.endsWith('+}') ? 1 : segment.startsWith('{') ? 2 : 3), 1);
}

function matchSegments(wanted: string[], path: string[]): Record<string, string> | undefined {
  const parameters: Record<string, string> = {};
  for (const [index, segment] of wanted.entries()) {
    const here = path[index];
    if (here === undefined) return undefined;
    if (segment.endsWith('+}')) {
      parameters[segment.slice(1, -2)] = path.slice(index).join('/');
      return parameters;
    }
    if (segment.startsWith('{') && here !== '') parameters[segment.slice(1, -1)] = here;
    else if (segment !== here) return undefined;
  }
  return wanted.length === path.length ? parameters : undefined;
}

/** One that cannot be read matches nothing. */
function compilePattern(source: string): BoundedPattern | undefined {
  try {
    return compileForeign(source);
  } catch (error) {
    if (error instanceof PatternError) return undefined;
    throw error;
  }
}

function findMethod(resource: ResourceRecord, httpMethod: string): Method | undefined {
  const { methods } = resource;
  return ownMember(methods, httpMethod) ?? methods.ANY;
}
