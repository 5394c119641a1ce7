import type { Aws } from './aws.ts';

/** A call that changed something. Its input may hold secrets. */
export interface ChangingCall {
  /** The SDK client's name without `Client`: `Lambda`, `APIGateway`. */
  service: string;
  operation: string;
  input: object;
}

const reading = /^(Get|List|Describe|BatchGet|Filter|Query|Scan)/;

/** The same way to call AWS, and each call that changed something is told once it was answered. */
export function watched(aws: Aws, onCall: (call: ChangingCall) => void): Aws {
  return {
    ...aws,
    async call(Client, command, options) {
      const output = await aws.call(Client, command, options);
      const operation = command.constructor.name.replace(/Command$/, '');
      if (!reading.test(operation)) {
        const { input } = command as { input?: object };
        onCall({ service: Client.name.replace(/Client$/, ''), operation, input: input ?? {} });
      }
      return output;
    },
  };
}
