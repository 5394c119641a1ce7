import type { EngineParts } from './engine-parts.ts';
import type { FunctionRuntime } from './lambda/runtime/runtime.ts';

/** Everything the engine's operations share. Made once in `start.ts`; tests make their own. */
export interface Engine extends EngineParts {
  /** Runs uploaded functions. */
  readonly functions: FunctionRuntime;
}
