/** What a check found. */
export interface Finding {
  ok: boolean;
  detail: string;
  /** The command that fixes it; only where the check failed. */
  hint?: string | undefined;
  /** Could not be looked at, for a reason that another check tells. */
  skipped?: true;
}
