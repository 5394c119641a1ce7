import { setTimeout as sleep } from 'node:timers/promises';
import { type EngineRequest, engineRequests } from '../endpoint/request-log.ts';
import type { Context, Result } from '../session/command.ts';
import { untilStopped } from '../session/until-stopped.ts';
import { printable } from '../ui/printable.ts';
import { requestText } from '../ui/request-text.ts';

export interface LocalRequestsOptions {
  follow?: boolean;
  bodies?: boolean;
  /** The latest only; with `follow`, of those that are there at its beginning. */
  limit?: number;
}

const pollMs = 250;

/** The last requests that reached the engine: AWS API calls, the deployed APIs' own, pages. Secrets are masked. */
export async function localRequests(
  context: Context,
  { follow, bodies = false, limit = Infinity }: LocalRequestsOptions,
): Promise<Result> {
  const { home, ui, signal } = context;
  if (!follow) {
    const requests = (await engineRequests(home, { after: 0, bodies })).slice(-limit);
    return { json: { ok: true, requests }, text: requests.length === 0 ? 'No requests.\n' : textOf(requests, context) };
  }
  return untilStopped(context, async () => {
    for (let after = 0, most = limit; ; most = Infinity) {
      const requests = (await engineRequests(home, { after, bodies })).slice(-most);
      ui.print(textOf(requests, context));
      after = requests.at(-1)?.id ?? after;
      await sleep(pollMs, undefined, { signal });
    }
  });
}

function textOf(requests: readonly EngineRequest[], { ui }: Context): string {
  return requests
    .flatMap((entry) => [
      requestText(entry, ui),
      ...(entry.request ? [`    > ${printable(entry.request)}`] : []),
      ...(entry.response ? [`    < ${printable(entry.response)}`] : []),
    ])
    .map((line) => `${line}\n`)
    .join('');
}
