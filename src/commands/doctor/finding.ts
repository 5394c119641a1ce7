/** What a check found. */
export interface Finding {
  ok: boolean;
  detail: string;
  /** The command that mends it; of a check that failed alone. */
  hint?: string | undefined;
  /** Could not be looked at, for a reason that another check tells. */
  skipped?: true;
}
