/** What values a setting can have, and how they are written in text. `Value` is what a settings file holds. */
export interface Kind<Value> {
  /** Why something cannot be a value, as "must be …"; undefined when it can. */
  problem(value: unknown): string | undefined;
  /** What the text of a flag, a variable or a tag stands for; `problem` tells whether it is a value. */
  read(text: string): unknown;
  write(value: Value): string;
  /** All there are, where they can be counted. */
  choices?: readonly string[];
  /** A flag that is given or not, without a value. */
  isSwitch?: true;
  /** A list: its flag may be given several times. */
  isList?: true;
}

/** The value that a text stands for, or why there is none. */
export function readText<Value>(kind: Kind<Value>, text: string): { value: Value } | { problem: string } {
  const value = kind.read(text);
  const problem = kind.problem(value);
  return problem === undefined ? { value: value as Value } : { problem };
}

export function text(problemOf: (value: string) => string | undefined, otherwise: string): Kind<string> {
  return {
    problem: (value) => (typeof value === 'string' ? problemOf(value) : otherwise),
    read: (value) => value,
    write: (value) => value,
  };
}

export function choice<const Word extends string>(...words: Word[]): Kind<Word> {
  const known: readonly string[] = words;
  return {
    problem: (value) =>
      typeof value === 'string' && known.includes(value)
        ? undefined
        : `must be ${words.map((word) => `"${word}"`).join(' or ')}`,
    read: (value) => value,
    write: (value) => value,
    choices: words,
  };
}

export function wholeNumber(least: number, most: number): Kind<number> {
  return {
    problem: (value) =>
      Number.isInteger(value) && Number(value) >= least && Number(value) <= most
        ? undefined
        : `must be a whole number from ${least} to ${most}`,
    read: readDigits,
    write: String,
  };
}

export function numberOutOf(allowed: readonly number[]): Kind<number> {
  return {
    problem: (value) => (allowed.some((one) => one === value) ? undefined : `must be one of ${allowed.join(', ')}`),
    read: readDigits,
    write: String,
    choices: allowed.map(String),
  };
}

/** Without surprises such as `1e3`, ` 7` or the empty text, which is 0 to `Number`. */
const readDigits = (value: string): number => (/^\d+$/.test(value) ? Number(value) : Number.NaN);

export const onOrOff: Kind<boolean> = {
  problem: (value) => (typeof value === 'boolean' ? undefined : 'must be true or false'),
  read: (value) => (value === 'on' ? true : value === 'off' ? false : value),
  write: (value) => (value ? 'on' : 'off'),
  isSwitch: true,
};

/** In text, its members are separated by blanks. */
export function list(problemOf: (member: string) => string | undefined, otherwise: string): Kind<string[]> {
  return {
    problem(value) {
      if (!Array.isArray(value) || value.length === 0) return otherwise;
      const problems = value.map((member) => (typeof member === 'string' ? problemOf(member) : otherwise));
      return problems.find((found) => found !== undefined);
    },
    read: (value) => value.split(' ').filter(Boolean),
    write: (value) => value.join(' '),
    isList: true,
  };
}
