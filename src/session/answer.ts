import { messageIn } from '../endpoint/answer-message.ts';
import { header } from '../endpoint/http.ts';
import { DynopsError } from '../errors.ts';
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
/** As DynamoDB answers it, which names no table. */
const missingTable = /ResourceNotFoundException: Requested resource not found/;
/** As the API's resource policy refuses a caller. */
const narrowedApi = /not authorized to perform: execute-api:Invoke/;
const leftAsItIs = 'Somebody else set it: dynops sets none, and leaves it as it is.';

function hintOf(status: number, message: string, run: (words: string) => string): string | undefined {
  if (narrowedApi.test(message)) return `A resource policy of the API says who may call it. ${leftAsItIs}`;
  if (/permissions boundary/.test(message))
    return `A permissions boundary of the function's role forbids it. ${leftAsItIs}`;
  if (deniedTable.test(message)) {
    return `The function may use only the stack's own table; ${run('up --policy tutorial')} allows it every table.`;
  }
  if (missingTable.test(message)) {
    return `A table that the function asked for is not there: ${run('status')} shows what is missing, and ${run('up')} makes it.`;
  }
  return status >= 500 ? `Run ${run('logs --since 10m')} to see what the function said.` : undefined;
}

/** What an answer that is no success means, and why. */
export async function failureOf(
  { response, body, requestId, token, outputs }: Exchange,
  context: Context,
): Promise<DynopsError> {
  const { clock, options } = context;
  const { status } = response;
  const message = messageIn(body) ?? response.statusText;
  const isByPolicy = narrowedApi.test(message);
  if ((status === 401 || status === 403) && !isByPolicy) {
    return explainRefusal(status, { token, outputs, nowMs: clock(), message, requestId });
  }
  const throttling = status === 429 ? await explainThrottling(context) : undefined;
  return new DynopsError({
    foreignCode: header(response, 'x-amzn-errortype') ?? `Http${status}`,
    message: `The API answered ${status}${throttling?.why ? ` ${message}: ${throttling.why}.` : `: ${message}`}`,
    hint: throttling?.hint ?? hintOf(status, message, ownCommand(options)),
    requestId,
    kind: isByPolicy ? 'denied' : 'refused',
  });
}

/** A success with a body that the API does not give. */
export function unreadable({ response, requestId }: Exchange): DynopsError {
  return new DynopsError({
    code: 'UnreadableAnswer',
    message: `The answer was ${response.status}, but its body is not from the API.`,
    hint: 'Is there a proxy or a sign-in page of the network in between?',
    requestId,
  });
}
