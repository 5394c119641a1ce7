import { createMeter, type Spend, stepCost } from './meter.ts';
import { callMethod } from './methods.ts';
import { operate } from './operators.ts';
import type { Expression, Macro, Part, Reference, Step } from './syntax.ts';
import {
  isList,
  isMap,
  isTool,
  isTrue,
  type ListValue,
  listOf,
  mapOf,
  numberOf,
  putIn,
  toText,
  type Value,
} from './values.ts';

/** What is longer than a payload is no answer. */
const maxOutputLength = 10 * 1024 * 1024;
/** Of one `#foreach`. Source: API Gateway developer guide, quotas. */
const maxIterations = 1_000;
/** Of each turn of a loop, and of each use of what has a name. */
const iterationCost = 1_000;
/** Velocity's own limits for what uses itself: beyond, a macro ends the template and a `#define` is empty. */
const deepestMacro = 20;
const deepestDefine = 2;

interface Run {
  variables: Map<string, Value>;
  output: string[];
  /** Macros that are being used. */
  macros: number;
  spend: Spend;
}

/** How a list of parts ended. */
type Ended = 'done' | 'break' | 'stop';

/** Fills a template in. What it sets is in `variables` afterwards. Throws where it takes too long or Java would throw. */
export function evaluate(parts: Part[], variables: Map<string, Value>, spend = createMeter()): string {
  const output: string[] = [];
  runParts(parts, {
    variables,
    output,
    macros: 0,
    spend,
  });
  const text = output.join('');
  if (text.length > maxOutputLength) throw new Error('the template wrote more than a payload can be');
  return text;
}

function runParts(parts: Part[], run: Run): Ended {
  for (const part of parts) {
    run.spend(1);
    const ended = runPart(part, run);
    if (ended !== 'done') return ended;
  }
  return 'done';
}

function runPart(part: Part, run: Run): Ended {
  switch (part.kind) {
    case 'text':
      write(run, part.text);
      return 'done';
    case 'print':
      write(run, printed(part, run));
      return 'done';
    case 'set':
      assign(part.target, resultOf(part.value, run), run);
      return 'done';
    case 'if': {
      const taken = part.branches.find(({ condition }) => !condition || isTrue(resultOf(condition, run)));
      return taken ? runParts(taken.body, run) : 'done';
    }
    case 'foreach':
      return runLoop(part, run);
    case 'define':
      run.variables.set(part.name, blockOf(part.body, run));
      return 'done';
    case 'macro':
      return 'done';
    case 'use':
      return runMacro(part.macro, part.given, run);
    case 'break':
    case 'stop':
      return part.kind;
  }
}

function write({ output, spend }: Run, text: string): void {
  spend(text.length);
  output.push(text);
}

/** A backslash before a reference that has a value prints the reference itself; two print one. */
function printed({ reference, backslashes }: Extract<Part, { kind: 'print' }>, run: Run): string {
  const text = toText(resolve(reference, run), run.spend);
  if (backslashes === 0) return text;
  return '\\'.repeat(Math.floor(backslashes / 2)) + (backslashes % 2 === 1 ? reference.source : text);
}

function runLoop({ name, over, body }: Extract<Part, { kind: 'foreach' }>, run: Run): Ended {
  const { variables } = run;
  const looped = resultOf(over, run);
  run.spend(stepCost * sizeOf(looped));
  const items = itemsOf(looped);
  const outer = new Map(['foreach', 'velocityCount', name].map((each) => [each, variables.get(each)]));
  let ended: Ended = 'done';
  for (const [at, item] of items.entries()) {
    if (at >= maxIterations) throw new Error('a #foreach has too many iterations');
    run.spend(iterationCost);
    variables.set(name, item);
    variables.set('velocityCount', BigInt(at + 1));
    variables.set('foreach', loopOf(at, items.length, outer.get('foreach')));
    ended = runParts(body, run);
    if (ended !== 'done') break;
  }
  for (const [each, value] of outer) variables.set(each, value);
  return ended === 'stop' ? 'stop' : 'done';
}

function blockOf(body: Part[], run: Run): Value {
  let depth = 0;
  return {
    kind: 'block',
    text() {
      if (depth === deepestDefine) return '';
      run.spend(iterationCost);
      depth += 1;
      const text = textOf(body, run);
      depth -= 1;
      return text;
    },
  };
}

/** What a macro sets is seen everywhere; its parameters are its own. */
function runMacro({ name, parameters, body }: Macro, given: Expression[], run: Run): Ended {
  if (run.macros === deepestMacro) throw new Error(`the macro #${name} uses itself too often`);
  run.spend(iterationCost);
  const { variables } = run;
  const values = parameters.map((_, at) => given[at] && resultOf(given[at], run));
  const outer = parameters.map((parameter) => variables.get(parameter));
  for (const [at, parameter] of parameters.entries()) variables.set(parameter, values[at]);
  const ended = runParts(body, { ...run, macros: run.macros + 1 });
  for (const [at, parameter] of parameters.entries()) variables.set(parameter, outer[at]);
  return ended === 'stop' ? 'stop' : 'done';
}

/** What parts write, apart from the template's output. */
function textOf(parts: Part[], run: Run): string {
  const output: string[] = [];
  runParts(parts, { ...run, output });
  return output.join('');
}

function loopOf(at: number, length: number, parent: Value): Value {
  const members: [string, Value][] = [
    ['index', BigInt(at)],
    ['count', BigInt(at + 1)],
    ['hasNext', at + 1 < length],
    ['first', at === 0],
    ['last', at + 1 === length],
    ['parent', parent],
  ];
  return { kind: 'tool', members: new Map(members), methods: new Map([['hasNext', () => at + 1 < length]]) };
}

function itemsOf(value: Value): Value[] {
  if (isList(value)) return [...value.items];
  return isMap(value) ? [...value.entries.values()] : [];
}

function assign(target: Reference, value: Value, run: Run): void {
  const last = target.steps.at(-1);
  if (!last) {
    run.variables.set(target.name, value);
    return;
  }
  const owner = resolve({ ...target, steps: target.steps.slice(0, -1) }, run);
  if (last.kind === 'call') throw new Error(`${target.source} cannot be set`);
  const key = last.kind === 'member' ? last.name : resultOf(last.at, run);
  if (isMap(owner)) putIn(owner, toText(key, run.spend), value);
  else if (isList(owner)) callMethod(owner, { name: 'set', given: [key, value] }, run.spend);
}

function resolve({ name, steps }: Reference, run: Run): Value {
  return steps.reduce<Value>((owner, step) => follow(owner, step, run), run.variables.get(name));
}

function follow(owner: Value, step: Step, run: Run): Value {
  if (owner === undefined || owner === null) return undefined;
  switch (step.kind) {
    case 'member':
      if (isMap(owner)) return owner.entries.get(step.name);
      if (isTool(owner)) return owner.members.get(step.name);
      return step.name === 'empty' ? callMethod(owner, { name: 'isEmpty', given: [] }, run.spend) : undefined;
    case 'index': {
      const at = resultOf(step.at, run);
      if (isMap(owner)) return owner.entries.get(toText(at, run.spend));
      if (isTool(owner)) return owner.members.get(toText(at, run.spend));
      return isList(owner) ? owner.items.at(Number(numberOf(at) ?? owner.items.length)) : undefined;
    }
    case 'call': {
      const given = step.given.map((each) => resultOf(each, run));
      run.spend(sizeOf(owner) + given.reduce<number>((sum, each) => sum + sizeOf(each), 100));
      const answer = callMethod(owner, { name: step.name, given }, run.spend);
      run.spend(sizeOf(answer));
      return answer;
    }
  }
}

/** What one step over a value may take. */
function sizeOf(value: Value): number {
  if (typeof value === 'string') return value.length;
  if (isList(value)) return value.items.length;
  return isMap(value) ? value.entries.size : 1;
}

function resultOf(expression: Expression, run: Run): Value {
  run.spend(1);
  switch (expression.kind) {
    case 'literal':
      return expression.value;
    case 'reference':
      return resolve(expression, run);
    case 'interpolated':
      return textOf(expression.parts, run);
    case 'list':
      return listOf(expression.items.map((item) => resultOf(item, run)));
    case 'range':
      return rangeOf(resultOf(expression.from, run), resultOf(expression.to, run));
    case 'map':
      return mapOf(
        expression.entries.map(
          ([name, value]) => [toText(resultOf(name, run), run.spend), resultOf(value, run)] as const,
        ),
      );
    case 'not':
      return !isTrue(resultOf(expression.of, run));
    case 'chain':
      return resultOfChain(expression, run);
  }
}

function resultOfChain({ first, rest }: Extract<Expression, { kind: 'chain' }>, run: Run): Value {
  let value = resultOf(first, run);
  for (const { operator, operand } of rest) {
    run.spend(1);
    if (operator === '&&' || operator === '||') {
      // The first that decides; those behind it have the same operator.
      const decides = operator === '||';
      if (isTrue(value) === decides) return decides;
      value = isTrue(resultOf(operand, run));
    } else {
      value = operate(operator, [value, resultOf(operand, run)], run.spend);
      run.spend(sizeOf(value));
    }
  }
  return value;
}

function rangeOf(first: Value, last: Value): ListValue | undefined {
  const [from, to] = [numberOf(first), numberOf(last)];
  if (from === undefined || to === undefined) return undefined;
  const [start, length] = [Math.trunc(Number(from)), Math.abs(Math.trunc(Number(to)) - Math.trunc(Number(from))) + 1];
  if (length > maxIterations) throw new Error('a range is too long');
  const step = Number(to) < start ? -1 : 1;
  return listOf(Array.from({ length }, (_, at) => BigInt(start + at * step)));
}
