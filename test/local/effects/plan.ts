import type { Service } from '../../../src/local/service.ts';
import type { Names } from '../every-input.ts';

/** Calls an operation in the scene's region, as the wire layer does; the answer as JSON. */
export type Run = (operation: string, input?: object) => Promise<Names>;

/** Stands for leaving the member out. */
export const absent = Symbol('absent');

export interface Plan {
  service: Service;
  /** What is there before each call; its names are the members of inputs that need them. */
  scene: (
    run: Run,
    number: number,
    region: string,
    other: (service: Service) => Run,
    operation: string,
  ) => Promise<Names>;
  /** All that can be read afterwards. */
  picture: (run: Run, names: Names, operation: string) => Promise<unknown>;
  /** By `Operation.path`, `path` or the last member of it; the first is what calls have that need any. */
  values: (names: Names) => Record<string, unknown[]>;
  /** What makes a call a good one beyond its required members, by operation or `Operation.path`. */
  bases: (names: Names) => Record<string, object>;
  /** What has to be done before an operation, and answers more names. */
  before?: Record<string, (run: Run, names: Names) => Promise<Names | undefined>>;
}
