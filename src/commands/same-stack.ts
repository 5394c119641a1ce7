import type { GlobalOptions } from '../session/command.ts';
import { shellQuoted } from '../ui/words.ts';

/** The flags of this command that another one needs to act on the same stack, with a leading blank. */
export function sameStackFlags(options: GlobalOptions): string {
  const { aws, endpointUrl, profile, region, stack } = options;
  const flags = [
    ...(aws ? ['--aws'] : []),
    ...(endpointUrl === undefined ? [] : ['--endpoint-url', endpointUrl]),
    ...(profile === undefined ? [] : ['--profile', profile]),
    ...(region === undefined ? [] : ['--region', region]),
    ...(stack === undefined ? [] : ['--stack', stack]),
  ];
  return flags.map((flag) => ` ${shellQuoted(flag)}`).join('');
}

/** Gives the commands that advice names in backticks what they need to act on the same stack; `local` ones have none. */
export function forSameStack(advice: string, options: GlobalOptions): string {
  const flags = sameStackFlags(options);
  return advice.replace(/`dynops (?!local\b|-)[^`]+/g, (command) => `${command}${flags}`);
}
