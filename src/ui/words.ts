import { stripVTControlCharacters } from 'node:util';

/** `850 ms`, `4.2 s`, `3 min 20 s`: a duration for a person. */
export function duration(ms: number): string {
  if (Math.round(ms) < 1000) return `${Math.round(ms)} ms`;
  if (Math.round(ms / 100) < 600) return `${(ms / 1000).toFixed(1)} s`;
  const seconds = Math.round(ms / 1000);
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
  return `${Math.floor(seconds / 3600)} h ${Math.floor((seconds % 3600) / 60)} min`;
}

/** `1 item`, `2 items`. */
export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

/** Lines of at most so many columns, broken at blanks; a longer word stays whole, as an id or a URL is there to be copied. */
export function wrapped(text: string, width: number): string[] {
  return filled(text.split(' '), width);
}

/** The same of an enumeration, which is broken after its commas. */
export function wrappedList(text: string, width: number): string[] {
  const parts = text.split(/(?<=,) /);
  return filled(
    parts.flatMap((part) => (part.length <= width ? [part] : part.split(' '))),
    width,
  );
}

/** What is not parted: a command in backticks, as it is there to be copied, and a number and its unit. */
const whole = /(?:`[^`]*`|\d (?=(?:ms|s|min|h|KB|MB|GB|%)(?:\W|$))|\S)+\s*/g;

/** Sentences as wide as a terminal, broken at blanks; indented lines, as commands are, stay as they are. Colours take no room. */
export function flowing(text: string, width: number): string {
  const room = (part: string) => stripVTControlCharacters(part.trimEnd()).length;
  return text
    .split('\n')
    .flatMap((line) => {
      if (/^\s/.test(line) || room(line) <= width) return [line];
      const lines: string[] = [];
      for (const part of line.match(whole) ?? []) {
        const last = lines.at(-1);
        if (last !== undefined && room(last + part) <= width) lines[lines.length - 1] = last + part;
        else lines.push(part);
      }
      return lines.map((each) => each.trimEnd());
    })
    .join('\n');
}

function filled(words: readonly string[], width: number): string[] {
  const lines: string[] = [];
  for (const word of words) {
    const line = lines.at(-1);
    if (line !== undefined && line.length + 1 + word.length <= width) lines[lines.length - 1] = `${line} ${word}`;
    else lines.push(word);
  }
  return lines;
}

/** Fewer columns hold too little of a sentence: it goes under what it is about. */
const leastRoom = 20;

/** Lines of columns that stand under each other; the last column is not padded, and wrapped where the line is too long. */
export function columns(rows: readonly (readonly string[])[], width = Infinity): string[] {
  const widths: number[] = [];
  for (const row of rows) {
    for (const [index, cell] of row.entries()) widths[index] = Math.max(widths[index] ?? 0, cell.length);
  }
  return rows.flatMap((row) => {
    const before = row.slice(0, -1).map((cell, index) => `${cell.padEnd(widths[index] ?? 0)}  `);
    return hanging(before.join(''), row.at(-1) ?? '', width);
  });
}

/** A text behind its name, wrapped so that the name stands alone. */
export function hanging(name: string, text: string, width: number): string[] {
  if (name.length + text.length <= width) return [`${name}${text}`.trimEnd()];
  const room = width - name.length;
  // More words than a call can have arguments: a function may write whatever it likes.
  const longest = text.split(' ').reduce((most, { length }) => Math.max(most, length), 0);
  if (room < leastRoom || (longest > room && longest <= width - 4))
    return [name.trimEnd(), ...wrappedList(text, width - 4).map((line) => `    ${line}`)];
  return wrappedList(text, room).map((line, index) => `${index === 0 ? name : ' '.repeat(name.length)}${line}`);
}

/** A word that a POSIX shell takes as it is. */
export function shellQuoted(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}

/** Without its middle, as both the beginning and the end of an ARN tell what it is. */
export function shortened(text: string, room: number): string {
  if (text.length <= room) return text;
  const end = Math.floor((room - 1) * 0.6);
  return `${text.slice(0, room - 1 - end)}…${text.slice(text.length - end)}`;
}
