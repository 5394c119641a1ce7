/** What AWS answered to one call, on the day it was recorded. Facts of one scenario are called in order, on one engine. */
export interface Fact {
  operation: string;
  /** `{{name}}` stands for what an earlier answer of the scenario was kept as. */
  input: object;
  /** undefined: not recorded; the call has to succeed. */
  answer?: Answer;
  /** What later calls need of the answer: its name there → the answer's member. */
  keep?: Record<string, string>;
  /** The recording has the answer's list in the order of this member. */
  sortedBy?: string;
  /** Why the engine answers something else, knowingly. */
  differs?: string;
}

/** `<…>` in a string stands for any text; a message may be several, in any order. */
export type Answer =
  | { status: number; code: string; message: string | string[] }
  | { status: number; members: Record<string, unknown> };

export interface Scenario {
  /** LocalStack's recorded test (localstack/localstack at 8b9a79f, Apache License 2.0), and when AWS answered. */
  recorded: string;
  date: string;
  /** Calls that AWS's recording does not show. */
  before?: { operation: string; input: object }[];
  facts: Fact[];
}

/** Recordings that are not called here, and why. */
export interface Unserved {
  recorded: string;
  answers: number;
  why: string;
}
