import type { Aws } from '../aws/aws.ts';
import type { TargetChoice } from '../endpoint/choose.ts';
import type { Target } from '../endpoint/target.ts';
import type { Environment } from '../environment.ts';
import type { DynopsError } from '../errors.ts';
import type { ExitStatus } from '../exit-status.ts';
import type { FileSettings } from '../settings/file.ts';
import type { Settings } from '../settings/table.ts';
import type { Service } from '../stack/service.ts';
import type { Ui } from '../ui/ui.ts';
import type { Session } from './session.ts';

/** The options that every command takes. */
export interface GlobalOptions {
  aws: boolean;
  endpointUrl?: string | undefined;
  profile?: string | undefined;
  region?: string | undefined;
  stack?: string | undefined;
  json: boolean;
  quiet: boolean;
  debug: boolean;
  color: boolean;
  /** False with `--no-input`: never ask. */
  input: boolean;
  yes: boolean;
  timeoutSeconds?: number | undefined;
  /** For this run, the working folder's settings file may say where to act. */
  trust: boolean;
}

export interface TimeoutNeeds {
  graceMs: number;
  hint?: string | undefined;
}

/** What a command is given in addition to its options. */
export interface Context {
  options: GlobalOptions;
  env: Environment;
  /** Working folder, for `@FILE` arguments and `dynops.json`. */
  cwd: string;
  /** Everything that dynops stores on this machine is below it. */
  home: string;
  /** Where what a person has trusted is kept: `home`, or that of the command whose engine this is. */
  trustHome: string;
  ui: Ui;
  /** Aborted by the first Ctrl-C and by `--timeout`; its reason is the DynopsError to end with. */
  signal: AbortSignal;
  /**
   * What ending well takes once `--timeout` has aborted the signal: 2 s where a command says nothing. After that the
   * process ends wherever it is; `hint` then says what to do, where the same command again is not it.
   */
  onTimeout(needs: TimeoutNeeds): void;
  /** Milliseconds since the epoch. */
  clock: () => number;
  /** dynops.json over the user's file, as far as it counts; flags and environment are not in it. */
  settings(): Promise<Settings>;
  /** The same, with where each value is from. */
  fileSettings(): Promise<FileSettings>;
  /** Stack name: flag, DYNOPS_STACK, settings, `default`. */
  stack(): Promise<string>;
  /** Where to act, without starting or calling anything. */
  choice(): Promise<TargetChoice>;
  /** What to do about an error, as its code and facts tell. */
  advise(error: DynopsError): Promise<string | undefined>;
  /** Where to act; starts the embedded engine for the local target. */
  target(): Promise<Target>;
  /**
   * The same command line against an embedded engine of its own below `home`, on any free port, that ends, and removes
   * `home`, when this process does.
   */
  isolated(home: string): Promise<Context>;
  /** The working folder's service, or the tutorial's. `values: false`: without what it takes from elsewhere. */
  service(options?: { values?: boolean }): Promise<Service>;
  /** The stack in use: addresses, tokens, its API. */
  session(): Promise<Session>;
  /** The AWS clients of the target, imported only when asked for. `meanwhile`: code to load while answers are awaited. */
  aws(meanwhile?: () => Promise<unknown>): Promise<Aws>;
}

/** What a command returns; only `src/run.ts` prints it and sets the exit status. */
export interface Result {
  /** The one document of `--json`; a JsonText is printed as it is. */
  json: unknown;
  /** stdout without `--json`; undefined prints nothing. */
  text?: string | undefined;
  /** Likewise, under the text: broken at blanks where the terminal is narrow. Without a final line break. */
  sentences?: string;
  /** The text is data for another program: a byte of it is changed only on a terminal. */
  verbatim?: true;
  exitStatus?: ExitStatus;
  /** A failure that still has something for stdout (an API's error body). */
  error?: DynopsError;
}

export type Command<Options> = (context: Context, options: Options) => Promise<Result>;
