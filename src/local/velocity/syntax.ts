import type { Value } from './values.ts';

/** A template as read: what evaluate.ts walks. */
export type Part =
  | { kind: 'text'; text: string }
  | { kind: 'print'; reference: Reference /** Before it. */; backslashes: number }
  | { kind: 'set'; target: Reference; value: Expression }
  | { kind: 'if'; branches: { condition: Expression | undefined; body: Part[] }[] }
  | { kind: 'foreach'; name: string; over: Expression; body: Part[] }
  | { kind: 'define'; name: string; body: Part[] }
  | { kind: 'macro'; macro: Macro }
  | { kind: 'use'; macro: Macro; given: Expression[] }
  | { kind: 'break' }
  | { kind: 'stop' };

/** A macro may be used before the place where it is defined: then its body is filled in later. */
export interface Macro {
  name: string;
  parameters: string[];
  body: Part[];
}

export interface Reference {
  kind: 'reference';
  name: string;
  steps: Step[];
  /** As written. */
  source: string;
}

export type Step =
  | { kind: 'member'; name: string }
  | { kind: 'call'; name: string; given: Expression[] }
  | { kind: 'index'; at: Expression };

export type Expression =
  | Reference
  | { kind: 'literal'; value: Value }
  | { kind: 'interpolated'; parts: Part[] }
  | { kind: 'list'; items: Expression[] }
  | { kind: 'range'; from: Expression; to: Expression }
  | { kind: 'map'; entries: [Expression, Expression][] }
  | { kind: 'not'; of: Expression }
  /** From left to right, all that bind alike: a tree of them would be as deep as the expression is long. */
  | { kind: 'chain'; first: Expression; rest: { operator: Operator; operand: Expression }[] };

export type Operator = '||' | '&&' | '==' | '!=' | '<' | '<=' | '>' | '>=' | '+' | '-' | '*' | '/' | '%';

/** The template is no Velocity. */
export class TemplateSyntaxError extends Error {
  override readonly name = 'TemplateSyntaxError';
}

/** Velocity that API Gateway takes, and that is not served here. */
export class TemplateNotServed extends Error {
  override readonly name = 'TemplateNotServed';
}
