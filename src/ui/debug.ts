/** One attempt at an AWS call. Its input and output are not shown: they may hold secrets. */
export interface ShownCall {
  service: string;
  operation: string;
  attempt: number;
  ms: number;
  requestId: string | undefined;
  error: string | undefined;
}

/** A line of `--debug`. */
export function callLine({ service, operation, attempt, ms, requestId, error }: ShownCall): string {
  const parts = [`debug: ${service} ${operation}`, `attempt ${attempt}`, `${Math.round(ms)} ms`];
  if (requestId !== undefined) parts.push(`request id ${requestId}`);
  if (error !== undefined) parts.push(error);
  return parts.join(', ');
}
