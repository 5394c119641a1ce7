import type { PoolRecord } from './cognito/records.ts';
import type { SessionCredentials } from './credentials.ts';
import type { Items } from './dynamodb/items.ts';
import type { CodeKeeper } from './lambda/code-keeper.ts';
import type { LogStore } from './logs/log-store.ts';
import type { Simulation } from './simulation/simulation.ts';
import type { Store, Watch } from './storage/records.ts';
import type { Sampler } from './xray/sampling.ts';
import type { Traces } from './xray/traces.ts';

export interface AccessRequest {
  roleArn: string;
  /** Of the role's session that asks, where one does. */
  sessionArn?: string;
  action: string;
  resource: string;
  /** Whether the resource's own policy, where it has one, lets a caller of these names do it. */
  admits?: ((callers: string[]) => boolean) | undefined;
}

/** What the engine has before it can run functions: the runtime, which is a part of the engine itself, takes no more than these. */
export interface EngineParts {
  /** 12 digits; the same for every installation, and clearly nobody's account. */
  readonly accountId: string;
  /** Folder of this installation's engine data, mode 0700. */
  readonly dataDir: string;
  /** `http://127.0.0.1:PORT`, without a trailing slash. */
  readonly baseUrl: string;
  /** Milliseconds since the epoch. */
  readonly clock: () => number;
  readonly store: Store;
  /** Over the records of every store: begun before a request reads any of them, awaited before it is answered. */
  readonly watchRecords: () => Watch;
  /** Resolves when no store writes; they go on when the answer is called. */
  readonly holdWrites: () => Promise<() => void>;
  readonly simulation: Simulation;
  /** DynamoDB's tables and items. */
  readonly items: Items;
  readonly code: CodeKeeper;
  readonly logs: LogStore;
  /** New signing keys for a user pool; takes some 200 ms of a processor. */
  readonly makePoolKeys: () => Promise<PoolRecord['keys']>;
  /** scrypt's, of passwords that are set from now on; undefined: 32 MB and 70 ms a password. */
  readonly passwordCost: number | undefined;
  /** Of a function's start; undefined: Lambda's own. */
  readonly initLimitMs: number | undefined;
  /** X-Ray's traces of this run, and which requests get one. */
  readonly traces: Traces;
  readonly sampler: Sampler;
  /** `127.0.0.1:PORT` that takes segments as X-Ray's daemon does, for functions' AWS_XRAY_DAEMON_ADDRESS. */
  readonly traceDaemonAddress: string;
  readonly sessionCredentials: SessionCredentials;
  /** Why a role may not do an action, as `dynamodb:PutItem`, on a resource's ARN; undefined: it may. */
  readonly denialOf: (request: AccessRequest) => string | undefined;
  /** One line to the engine's own log; never a token, password or secret key. */
  readonly log: (line: string) => void;
}
