/** How the engine behaves in time: plain (at once), or as an AWS account does (`--aws-like SCALE`). */
export interface Mood {
  /** 0: plain, nothing waits. 1: AWS's own times. 0.1: ten times faster. */
  readonly scale: number;
}
