import { basename } from 'node:path';
import { type Node, type ParseError, parseTree, printParseErrorCode } from 'jsonc-parser';
import type { Fault } from './shape.ts';

/** A file that a person writes in JSON, as its mistakes are told. */
export interface JsonFile {
  /** Its path, or what it is called. */
  file: string;
  text: string;
  /** One object as it might be, for a file that holds something else. */
  example: string;
  /** Makes the error of lines that each say where, what and what would be right. */
  error(lines: string): Error;
}

/** The one object that the file holds. Throws the file's error. */
export function parsedObject(of: JsonFile): Node {
  const errors: ParseError[] = [];
  const root = treeOf(of, errors);
  const [first] = errors;
  if (first) {
    const message = `this is not valid JSON: ${inWords(printParseErrorCode(first.error))}`;
    const right = 'JSON has double quotes, commas between members, and no comments.';
    throw mistakes([{ at: first.offset, message, right }], of);
  }
  if (root?.type !== 'object') {
    throw mistakes([{ at: 0, message: 'the file must hold one JSON object', right: `For example ${of.example}.` }], of);
  }
  return root;
}

function treeOf(of: JsonFile, errors: ParseError[]): Node | undefined {
  try {
    return parseTree(of.text, errors, { disallowComments: true, allowTrailingComma: false });
  } catch (error) {
    // The parser calls itself for each level.
    if (!(error instanceof RangeError)) throw error;
    throw mistakes([{ at: 0, message: 'this is nested too deeply', right: `For example ${of.example}.` }], of);
  }
}

/** `CommaExpected` → `comma expected`. */
const inWords = (code: string) => code.replace(/(?<=[a-z])(?=[A-Z])/g, ' ').toLowerCase();

/** Each mistake with line and column, in the file's order. */
export function mistakes(faults: readonly Fault[], { text, file, error }: JsonFile): Error {
  const lines = [...faults]
    .sort((a, b) => a.at - b.at)
    .map(({ at, message, right }) => `${basename(file)}:${lineAndColumn(text, at)}: ${message}. ${right}`);
  return error(lines.join('\n'));
}

function lineAndColumn(text: string, at: number): string {
  const before = text.slice(0, at).split('\n');
  return `${before.length}:${(before.at(-1)?.length ?? 0) + 1}`;
}
