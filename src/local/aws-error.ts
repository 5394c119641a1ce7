export interface AwsErrorDetails {
  /** Only for errors that the SDK has no schema for. */
  statusCode?: number;
  /** Further members of the error's shape. */
  members?: Record<string, unknown>;
  headers?: Record<string, string>;
  /** How long the same is refused still, for the hosted pages; AWS's errors do not carry it. */
  waitMs?: number;
  /** The user's attribute that was refused, for the hosted pages; AWS's errors do not carry it. */
  attribute?: string;
}

/** An AWS error answer. `code` is the SDK's exception name; the codec finds wire code and status in its schema. */
export class AwsError extends Error {
  override readonly name = 'AwsError';
  readonly code: string;
  readonly details: AwsErrorDetails;

  constructor(code: string, message: string, details: AwsErrorDetails = {}) {
    super(message);
    this.code = code;
    this.details = details;
  }
}
