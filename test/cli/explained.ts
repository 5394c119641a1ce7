import type { Outcome } from './dynops.ts';

/** The AWS CLI's commands that `--explain` showed. */
export const commandsIn = ({ stderr }: Pick<Outcome, 'stderr'>): string[] =>
  [...stderr.matchAll(/^ {4}\$ (aws .*)$/gm)].map(([, command = '']) => command);
