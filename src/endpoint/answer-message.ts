import { type HttpResponse, header } from './http.ts';

/** What a JSON answer says: the gateway `message`, a policy's refusal `Message`, the function `errorMessage`; of no other is anything said. */
export function messageIn(body: string): string | undefined {
  try {
    const value: unknown = JSON.parse(body);
    if (value === null || typeof value !== 'object') return undefined;
    const members = new Map<string, unknown>(Object.entries(value));
    const message = members.get('message') ?? members.get('Message') ?? members.get('errorMessage');
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
