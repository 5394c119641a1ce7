import { NormalizedSchema } from '@smithy/core/schema';
import fc from 'fast-check';
import { createCatalogs, servedServices } from '../../../src/local/services.ts';
import type { ClientConfig } from '../../faults/account.ts';
import { arbitraryOf } from '../wire/arbitrary.ts';
import { mutate, type WireRequest } from './mutate.ts';
import type { Send } from './send.ts';
import type { Random } from './values.ts';

/** The parts of an SDK client that matter here. */
interface SdkClient {
  send(command: object): Promise<unknown>;
  destroy(): void;
  config: { requestHandler: Handler };
  middlewareStack: { add(middleware: unknown, options: { step: string; priority?: string }): void };
}
interface Handler {
  handle(request: unknown, options?: unknown): Promise<{ response: { statusCode: number } }>;
}

/** Each makes a key pair or a process, which takes longer than all the others together. */
const costly: Record<string, number> = { CreateUserPool: 0.2, Invoke: 0.5, CreateUserPoolClient: 1 };

/**
 * Requests to every operation of every service: valid by the service's own shapes, often about things that exist, then
 * made wrong, and properly signed. `perOperation`: about so many of each.
 */
export async function serviceRequests(options: {
  config: ClientConfig;
  /** Values that exist, by the names of the members that may hold them, in lower case. */
  existing: Record<string, string>;
  perOperation: number;
  random: Random;
  send: Send;
}): Promise<{ requests: (() => Promise<void>)[]; close(): void }> {
  const { config, existing, perOperation, random, send } = options;
  const catalogs = createCatalogs();
  const clients: SdkClient[] = [];
  const requests: (() => Promise<void>)[] = [];
  for (const name of servedServices) {
    const catalog = await catalogs.find(undefined, name);
    if (!catalog) throw new Error(`${name} is not served`);
    const { service, operations } = catalog;
    const Client = Object.entries(service.sdk).find(
      ([key, value]) => /Client$/.test(key) && !key.startsWith('__') && typeof value === 'function',
    )?.[1] as new (
      config: object,
    ) => SdkClient;
    const plain = new Client({ ...config, maxAttempts: 1 });
    const client = new Client({ ...config, maxAttempts: 1, requestHandler: told(plain.config.requestHandler, send) });
    client.middlewareStack.add(mutating(random), { step: 'build', priority: 'high' });
    clients.push(plain, client);
    for (const [operation, { input }] of operations) {
      const count = Math.max(1, Math.round(perOperation * (costly[operation] ?? 1)));
      const schema = NormalizedSchema.of(input as never);
      const inputs = schema.isStructSchema() ? arbitraryOf(schema) : fc.constant({});
      const Command = service.sdk[`${operation}Command`] as new (input: object) => object;
      for (const sample of fc.sample(inputs, { numRuns: count, seed: random(2 ** 31) })) {
        const about = aim(sample, existing, random) as object;
        requests.push(() => client.send(new Command(about)).then(ignore, ignore));
      }
    }
  }
  return { requests, close: () => clients.forEach((client) => void client.destroy()) };
}

/** What the SDK makes of an answer, or of a request that it will not send, is not what is judged. */
const ignore = () => undefined;

/** Makes the request wrong after the SDK has written it and before the SDK signs it. */
function mutating(random: Random) {
  return (next: (args: { request: WireRequest }) => unknown) => (args: { request: WireRequest }) => {
    mutate(args.request, random);
    return next(args);
  };
}

function told(inner: Handler, send: Send): Handler {
  return {
    ...inner,
    handle: (request, options) => send(request as WireRequest, () => inner.handle(request, options)),
  };
}

/** Lets most members that name something name what exists. */
function aim(value: unknown, existing: Record<string, string>, random: Random): unknown {
  if (Array.isArray(value)) return value.map((item) => aim(item, existing, random));
  if (typeof value !== 'object' || value === null || value instanceof Uint8Array || value instanceof Date) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => {
      const known = existing[name.toLowerCase()];
      if (known !== undefined && typeof member === 'string' && random(10) < 8) return [name, known];
      return [name, aim(member, existing, random)];
    }),
  );
}
