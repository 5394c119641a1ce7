import { isObject } from '../is-object.ts';
import { type HttpResponse, header } from './http.ts';

/** What a JSON answer says: the gateway `message`, a policy's refusal `Message`, the function `errorMessage`; of no other is anything said. */
export function messageIn(body: string): string | undefined {
  try {
    const value: unknown = JSON.parse(body);
    if (!isObject(value)) return undefined;
    const message = value.message ?? value.Message ?? value.errorMessage;
    return typeof message === 'string' ? message : undefined;
  } catch {
    return undefined;
  }
}

const longestMessage = 200;

/** An answer in a line, `403 Forbidden`: its status and message, or what kind of document came instead; never that document. */
export function answerLine(response: HttpResponse): string {
  const message = messageIn(response.body.toString('utf8'));
  const type = header(response, 'content-type')?.split(';')[0];
  return `${response.status} ${message?.slice(0, longestMessage) ?? (type ? `(${type})` : response.statusText)}`.trim();
}
