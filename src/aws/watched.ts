import { DynopsError } from '../errors.ts';
import type { Aws } from './aws.ts';
import { isAnswerLost, isUnsent } from './errors.ts';

/** A call that changed something. Its input may hold secrets. */
export interface ChangingCall {
  /** The SDK client's name without `Client`: `Lambda`, `APIGateway`. */
  service: string;
  operation: string;
  input: object;
  output: object;
}

const reading = /^(Get|List|Describe|BatchGet|Filter|Query|Scan)/;

/** The same way to call AWS, and each call that changed something is told once it was answered. */
export function watched(
  aws: Aws,
  told: {
    onCall: (call: ChangingCall) => void;
    /** One may have changed something: its answer was lost. */
    onLost: () => void;
  },
): Aws {
  return {
    ...aws,
    async call(Client, command, options) {
      const operation = command.constructor.name.replace(/Command$/, '');
      if (reading.test(operation)) return aws.call(Client, command, options);
      const output = await aws.call(Client, command, options).catch((error: unknown) => {
        if (error instanceof DynopsError && isAnswerLost(error) && !isUnsent(error)) told.onLost();
        throw error;
      });
      const { input } = command as { input?: object };
      told.onCall({
        service: Client.name.replace(/Client$/, ''),
        operation,
        input: input ?? {},
        output: output as object,
      });
      return output;
    },
  };
}
