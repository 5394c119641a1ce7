import { shellQuoted } from '../ui/words.ts';
import type { GlobalOptions } from './command.ts';

/** Options of this command that another one needs to act on the same stack. */
type StackOptions = Pick<GlobalOptions, 'aws' | 'endpointUrl' | 'profile' | 'region' | 'stack'>;

/** The flags that make another command act on the same stack, each with a leading blank. */
export function sameStackFlags({ aws, endpointUrl, profile, region, stack }: StackOptions): string {
  const flags = [
    ...(aws ? ['--aws'] : []),
    ...(endpointUrl === undefined ? [] : ['--endpoint-url', endpointUrl]),
    ...(profile === undefined ? [] : ['--profile', profile]),
    ...(region === undefined ? [] : ['--region', region]),
    ...(stack === undefined ? [] : ['--stack', stack]),
  ];
  return flags.map((flag) => ` ${shellQuoted(flag)}`).join('');
}

/** Writes a command of ours as a sentence names it, in backticks, for the same stack: `up` → `dynops up --stack blue`. */
export function ownCommand(options: StackOptions): (words: string) => string {
  const flags = sameStackFlags(options);
  return (words) => `\`dynops ${words}${flags}\``;
}
