import { header } from '../endpoint/http.ts';
import { DynopsError, ExitStatus } from '../errors.ts';
import type { Context } from './command.ts';
import { ownCommand } from './own-command.ts';
import { explainRefusal } from './refusal.ts';
import type { Exchange } from './session.ts';
import { explainThrottling } from './throttling.ts';

/** An answer's status line and headers. */
export function headLines({ response }: Exchange): string {
  const head = `HTTP/1.1 ${response.status} ${response.statusText}`;
  return [head, ...response.headers.map(([name, value]) => `${name}: ${value}`), ''].join('\n');
}

/** As DynamoDB refuses the function. */
const deniedTable = /not authorized to perform: dynamodb:\w+ on resource: \S*:table\//;

/** What an answer that is no success means, and why. */
export async function failureOf(
  { response, body, requestId, token, outputs }: Exchange,
  context: Context,
): Promise<DynopsError> {
  const { clock, options } = context;
  const { status } = response;
  const message = messageIn(body) ?? response.statusText;
  if (status === 401 || status === 403) {
    return explainRefusal(status, { token, outputs, nowMs: clock(), message, requestId });
  }
  const throttling = status === 429 ? await explainThrottling(context) : undefined;
  return new DynopsError({
    foreignCode: header(response, 'x-amzn-errortype') ?? `Http${status}`,
    message: `The API answered ${status}${throttling?.why ? ` ${message}: ${throttling.why}.` : `: ${message}`}`,
    hint: throttling
      ? throttling.hint
      : deniedTable.test(message)
        ? `The function may use the stack's own table alone; ${ownCommand(options)('up --policy tutorial')} allows it every table.`
        : status >= 500
          ? `Run ${ownCommand(options)('logs --since 10m')} to see what the function said.`
          : undefined,
    requestId,
    exitStatus: ExitStatus.failed,
  });
}

/** A success with a body that the API does not give. */
export function unreadable({ response, requestId }: Exchange): DynopsError {
  return new DynopsError({
    code: 'UnreadableAnswer',
    message: `${response.status} was answered, but its body is not one that the API gives.`,
    hint: 'Is there a proxy or a sign-in page of the network in between?',
    requestId,
  });
}

/** The gateway says `message`, or `Message` for a policy's refusal; the function says `errorMessage`. */
function messageIn(body: string): string | undefined {
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
