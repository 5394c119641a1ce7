import { Agent, request } from 'node:http';
import { json } from 'node:stream/consumers';
import { signHeaders } from '../sign.ts';

/** Calls of DynamoDB or its streams, without retries. */
export interface JsonClient {
  /** Rejects where the connection breaks, or with what a call is refused with. */
  call<Output>(operation: string, input: object): Promise<Output>;
  destroy(): void;
}

/**
 * Takes a sixth of the processor time of the SDK's client, for who makes calls by the ten thousand and judges something else.
 * `targetPrefix`: as in `X-Amz-Target`.
 */
export function jsonClient(
  { endpoint, credentials }: { endpoint: string; credentials: { accessKeyId: string; secretAccessKey: string } },
  targetPrefix: string,
): JsonClient {
  const agent = new Agent({ keepAlive: true });
  return {
    call(operation, input) {
      const body = JSON.stringify(input);
      const target = `${targetPrefix}.${operation}`;
      const headers = signHeaders({
        endpoint,
        credentials,
        service: 'dynamodb',
        headers: { 'x-amz-target': target },
        body,
      });
      return new Promise((resolve, reject) => {
        const asked = request(endpoint, {
          agent,
          method: 'POST',
          headers: { ...headers, 'content-length': Buffer.byteLength(body) },
        });
        asked.on('error', reject).on('response', (response) => {
          json(response).then((answer) => {
            if (response.statusCode === 200) resolve(answer as never);
            else reject(new Error(`${operation}: ${response.statusCode} ${JSON.stringify(answer)}`));
          }, reject);
        });
        asked.end(body);
      });
    },
    destroy: () => agent.destroy(),
  };
}
