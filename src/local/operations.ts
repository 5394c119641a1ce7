import type { Call } from './service.ts';

/** The overloads that the SDK's aggregated clients give each operation's method. */
interface ClientMethod<Input, Output> {
  (args: Input, options?: never): Promise<Output>;
  (args: Input, callback: never): void;
  (args: Input, options: never, callback: never): void;
}

/**
 * The operations that an SDK client knows, as functions of the engine: `satisfies Operations<IAM>` rejects a name that
 * AWS does not have, an input it does not send, and an output it does not answer. `IAM` is the aggregated client's type.
 */
export type Operations<Client> = {
  [Method in keyof Client as Client[Method] extends ClientMethod<infer _Input, infer _Output>
    ? Capitalize<Method & string>
    : never]?: Client[Method] extends ClientMethod<infer Input, infer Output>
    ? (input: Input, call: Call) => Answer<Output> | Promise<Answer<Output>>
    : never;
};

/** An operation's output without what the client adds; an operation without one answers nothing. */
type Answer<Output> =
  Omit<Output, '$metadata'> extends infer Members
    ? keyof Members extends never
      ? object | undefined
      : Members
    : never;
