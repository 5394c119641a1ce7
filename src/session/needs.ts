import { isMissing } from '../aws/errors.ts';
import { DynopsError } from '../errors.ts';
import type { Step } from '../stack/step.ts';

/** For `catch`: where AWS does not find `what` a step makes, throws `StepMissing`, which names the command that makes it. */
export function needs(step: Step, what: string): (error: unknown) => never {
  return (error) => {
    if (!isMissing(error)) throw error;
    throw new DynopsError({
      code: 'StepMissing',
      message: `There is no ${what} yet.`,
      facts: { step },
      cause: error,
    });
  };
}
