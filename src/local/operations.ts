import type { Call, Operation, Service } from './service.ts';

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

/** A value that AWS answers, though its published model lists others only. */
export const unlisted = <Listed extends string>(value: string) => value as Listed;

/** A service from its typed tables: here, once, their inputs' types are given up for what the codec reads at run time. */
export function defineService<Client>(
  definition: Omit<Service, 'operations'> & { operations: Operations<Client> },
): Service {
  return { ...definition, operations: definition.operations as Record<string, Operation> };
}

/** An operation's output without what the client adds to it and to its bytes; an operation without one answers nothing. */
type Answer<Output> = [Exclude<keyof Output, '$metadata'>] extends [never]
  ? object | undefined
  : { [Member in keyof Output as Exclude<Member, '$metadata'>]: WithoutAdapter<Output[Member]> };

type WithoutAdapter<Value> = Value extends Uint8Array & { transformToString(encoding?: string): string }
  ? Uint8Array
  : Value;
