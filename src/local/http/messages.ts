/** An HTTP request whose body has fully arrived, as the engine's data planes see it. */
export interface PlainRequest {
  method: string;
  /** Raw (still percent-encoded) path. For execute-api: what follows the stage, with its leading slash. */
  path: string;
  /** Raw query string without `?`. */
  query: string;
  /** In the order and case they arrived. */
  headers: [name: string, value: string][];
  body: Buffer;
  /** The caller's IP address. */
  sourceIp: string;
}

export interface PlainResponse {
  status: number;
  headers: [name: string, value: string][];
  body: Buffer | string;
}
