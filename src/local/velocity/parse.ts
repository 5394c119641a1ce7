import { type Cursor, expect, readExpression, readOperand, readReference, take } from './parse-expression.ts';
import { type Expression, type Macro, type Part, TemplateNotServed, TemplateSyntaxError } from './syntax.ts';

/** Reads a template. Throws TemplateSyntaxError, and TemplateNotServed for what only Velocity itself could do. */
export function parseTemplate(source: string): Part[] {
  const names = [...source.matchAll(/#\{?macro\}?\s*\(\s*([A-Za-z_]\w*)/g)].map(([, name = '']) => name);
  const macros = new Map(names.map((name): [string, Macro] => [name, { name, parameters: [], body: [] }]));
  const cursor = cursorOf(source, { depth: 0, macros });
  const { parts, end } = readParts(cursor);
  if (end !== undefined) throw new TemplateSyntaxError(`#${end} at character ${cursor.at} ends nothing`);
  return parts;
}

const deepest = 50;

function cursorOf(source: string, { depth, macros }: Pick<Cursor, 'depth' | 'macros'>): Cursor {
  if (depth > deepest) throw new TemplateSyntaxError('the template is nested too deeply');
  const cursor: Cursor = {
    source,
    at: 0,
    depth,
    macros,
    unclosed: new Set(),
    readParts: (inner) => readParts(cursorOf(inner, { depth: cursor.depth + 1, macros })).parts,
  };
  return cursor;
}

/** To the end, or past `#else`, `#elseif` or `#end`, which is answered. */
function readParts(cursor: Cursor): { parts: Part[]; end: string | undefined } {
  const parts: Part[] = [];
  while (cursor.at < cursor.source.length) {
    const text = take(cursor, /[^$#\\]+/y)?.[0];
    if (text !== undefined) {
      parts.push({ kind: 'text', text });
      continue;
    }
    const end = readMarked(cursor, parts);
    if (end !== undefined) return { parts, end };
  }
  return { parts, end: undefined };
}

/** What begins with `$`, `#` or a backslash. */
function readMarked(cursor: Cursor, parts: Part[]): string | undefined {
  // Before anything but a dollar sign all but the last, which may take a directive's meaning away.
  const backslashes = take(cursor, /\\+(?=[\\$])/y)?.[0].length ?? 0;
  const reference = readReference(cursor);
  if (reference) {
    parts.push({ kind: 'print', reference, backslashes });
    return undefined;
  }
  if (backslashes > 0) {
    parts.push({ kind: 'text', text: '\\'.repeat(backslashes) });
    return undefined;
  }
  const verbatim = take(cursor, /\\(#[a-zA-Z{]+)/y) ?? takeClosed(cursor, '#[[', /#\[\[([\s\S]*?)\]\]#/y);
  if (verbatim) {
    parts.push({ kind: 'text', text: verbatim[1] ?? '' });
    return undefined;
  }
  if (take(cursor, /##[^\r\n]*(?:\r\n|\n|\r)?/y) || takeClosed(cursor, '#*', /#\*[\s\S]*?\*#/y)) return undefined;
  const directive = take(cursor, /#(?:(@?[a-zA-Z_]\w*)|\{(@?[a-zA-Z_]\w*)\})/y);
  if (directive) return readDirective(cursor, directive, parts);
  parts.push({ kind: 'text', text: cursor.source[cursor.at] ?? '' });
  cursor.at += 1;
  return undefined;
}

/** What closes nowhere behind one place closes nowhere behind a later one: its end is looked for once. */
function takeClosed(cursor: Cursor, opening: string, pattern: RegExp): RegExpExecArray | undefined {
  if (cursor.unclosed.has(opening) || !cursor.source.startsWith(opening, cursor.at)) return undefined;
  const found = take(cursor, pattern);
  if (!found) cursor.unclosed.add(opening);
  return found;
}

const notServed = ['evaluate', 'include', 'parse'];

function readDirective(cursor: Cursor, [source, bare, braced]: RegExpExecArray, parts: Part[]): string | undefined {
  const written = bare ?? braced ?? '';
  // `#elsetext` and `#endtext` are the directive and text.
  const name = /^(?:elseif|else|end)/.exec(written)?.[0] ?? written;
  if (name !== 'elseif') cursor.at -= written.length - name.length;
  switch (name) {
    case 'else':
    case 'end':
      endLine(cursor);
      return name;
    case 'elseif':
      return name;
    case 'set':
      parts.push(readSet(cursor, parts));
      return undefined;
    case 'if':
      parts.push(readIf(cursor));
      return undefined;
    case 'foreach':
      parts.push(readForeach(cursor));
      return undefined;
    case 'define':
      parts.push(readDefine(cursor));
      return undefined;
    case 'macro':
      parts.push(readMacro(cursor));
      return undefined;
    case 'break':
    case 'stop':
      parts.push({ kind: name });
      endLine(cursor);
      return undefined;
  }
  const macro = cursor.macros.get(name.replace('@', ''));
  if (notServed.includes(name) || (macro && name.startsWith('@'))) {
    throw new TemplateNotServed(`the directive #${name}`);
  }
  parts.push(macro && take(cursor, /[ \t]*\(/y) ? readUse(cursor, macro) : { kind: 'text', text: source });
  return undefined;
}

/** A directive that ends its line takes the line's end with it. */
function endLine(cursor: Cursor): void {
  take(cursor, /[ \t]*(?:\r\n|\n|\r)/y);
}

function readSet(cursor: Cursor, parts: Part[]): Part {
  const before = parts.at(-1);
  // One that begins its line takes the blanks before it.
  const begins = /(?<=(?:^|[\r\n])[ \t]+#\{?set\}?)/y;
  begins.lastIndex = cursor.at;
  if (before?.kind === 'text' && begins.test(cursor.source))
    before.text = before.text.slice(0, Math.max(before.text.lastIndexOf('\n'), before.text.lastIndexOf('\r')) + 1);
  expect(cursor, /\s*\(\s*/y, '(');
  const target = readReference(cursor);
  if (!target) throw new TemplateSyntaxError('#set needs a reference');
  expect(cursor, /\s*=/y, '=');
  const value = readExpression(cursor);
  expect(cursor, /\s*\)/y, ')');
  endLine(cursor);
  return { kind: 'set', target, value };
}

function readCondition(cursor: Cursor) {
  expect(cursor, /\s*\(/y, '(');
  const condition = readExpression(cursor);
  expect(cursor, /\s*\)/y, ')');
  endLine(cursor);
  return condition;
}

function readBody(cursor: Cursor): ReturnType<typeof readParts> {
  cursor.depth += 1;
  if (cursor.depth > deepest) throw new TemplateSyntaxError('the template is nested too deeply');
  const body = readParts(cursor);
  cursor.depth -= 1;
  if (body.end === undefined) throw new TemplateSyntaxError('#end is missing');
  return body;
}

function readIf(cursor: Cursor): Part {
  const branches: Extract<Part, { kind: 'if' }>['branches'] = [];
  let opened: string | undefined = 'if';
  while (opened !== 'end') {
    const condition = opened === 'else' ? undefined : readCondition(cursor);
    const { parts, end } = readBody(cursor);
    branches.push({ condition, body: parts });
    if (opened === 'else' && end !== 'end') throw new TemplateSyntaxError(`#${end} after #else`);
    opened = end;
  }
  return { kind: 'if', branches };
}

function readDefine(cursor: Cursor): Part {
  expect(cursor, /\s*\(\s*/y, '(');
  const name = readVariable(cursor);
  expect(cursor, /\s*\)/y, ')');
  endLine(cursor);
  return { kind: 'define', name, body: readBlock(cursor, '#define') };
}

function readMacro(cursor: Cursor): Part {
  const name = expect(cursor, /\s*\(\s*(\w+)/y, 'a name')[1] ?? '';
  const macro = cursor.macros.get(name);
  if (!macro) throw new TemplateSyntaxError(`#${name} is no name of a macro`);
  macro.parameters = [];
  while (!take(cursor, /[\s,]*\)/y)) {
    take(cursor, /[\s,]+/y);
    macro.parameters.push(readVariable(cursor));
  }
  endLine(cursor);
  macro.body = readBlock(cursor, '#macro');
  return { kind: 'macro', macro };
}

function readUse(cursor: Cursor, macro: Macro): Part {
  const given: Expression[] = [];
  while (!take(cursor, /[\s,]*\)/y)) {
    take(cursor, /[\s,]+/y);
    given.push(readOperand(cursor));
  }
  endLine(cursor);
  return { kind: 'use', macro, given };
}

const readVariable = (cursor: Cursor): string => expect(cursor, /\$!?\{?([A-Za-z_][\w-]*)\}?/y, 'a variable')[1] ?? '';

/** To `#end`, with nothing else between. */
function readBlock(cursor: Cursor, of: string): Part[] {
  const { parts, end } = readBody(cursor);
  if (end !== 'end') throw new TemplateSyntaxError(`#${end} in a ${of}`);
  return parts;
}

function readForeach(cursor: Cursor): Part {
  expect(cursor, /\s*\(\s*/y, '(');
  const name = readVariable(cursor);
  expect(cursor, /\s+in\b/y, 'in');
  const over = readExpression(cursor);
  expect(cursor, /\s*\)/y, ')');
  endLine(cursor);
  return { kind: 'foreach', name, over, body: readBlock(cursor, '#foreach') };
}
