/** The exit statuses of `dynops`; scripts rely on them. */
export const ExitStatus = {
  done: 0,
  failed: 1,
  /** Stopped part-way: the same command, run again, goes on. */
  partial: 2,
  /** A check said no: changes or drift with `--exit-code`, a missed load threshold. */
  checkFailed: 3,
  credentials: 4,
  usage: 64,
  interrupted: 130,
} as const;
export type ExitStatus = (typeof ExitStatus)[keyof typeof ExitStatus];
