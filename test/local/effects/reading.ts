import type { Names } from '../every-input.ts';

export const now = Date.UTC(2026, 0, 15, 12);

const version = '2012-10-17';
export const trustOf = (service: string) =>
  JSON.stringify({
    Version: version,
    Statement: [{ Effect: 'Allow', Principal: { Service: service }, Action: 'sts:AssumeRole' }],
  });
export const policyOf = (Action: string, Resource = '*') =>
  JSON.stringify({ Version: version, Statement: [{ Effect: 'Allow', Action, Resource }] });

type Item = Record<string, string | undefined>;
export const itemsOf = (answer: Names, name: string) => (answer[name] ?? []) as Item[];

/** Nothing of what is not there. */
export const ifThere = (read: Promise<Names>): Promise<Names | undefined> => read.catch(() => undefined);

/** Each answer of a list's items, in the order of their texts: which comes first is of the answer itself. */
export async function each<T>(items: T[], read: (item: T) => Promise<unknown>): Promise<unknown> {
  return Promise.all(items.map(read));
}
