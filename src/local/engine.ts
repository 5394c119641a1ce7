import type { Items } from './dynamodb/items.ts';
import type { FunctionRuntime } from './lambda/runtime.ts';
import type { LogStore } from './log-store.ts';
import type { Mood } from './mood.ts';
import type { Store } from './store.ts';

/** Everything the engine's operations share. Made once in `main.ts`; tests make their own. */
export interface Engine {
  /** 12 digits; the same for every installation, and clearly nobody's account. */
  readonly accountId: string;
  /** Folder of this installation's engine data, mode 0700. */
  readonly dataDir: string;
  /** `http://127.0.0.1:PORT`, without a trailing slash. */
  readonly baseUrl: string;
  /** Milliseconds since the epoch. */
  readonly clock: () => number;
  readonly store: Store;
  readonly mood: Mood;
  /** DynamoDB's tables and items. */
  readonly items: Items;
  /** Runs uploaded functions. */
  readonly functions: FunctionRuntime;
  readonly logs: LogStore;
  /** One line to the engine's own log; never a token, password or secret key. */
  readonly log: (line: string) => void;
}
