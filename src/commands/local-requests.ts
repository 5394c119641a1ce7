import { setTimeout as sleep } from 'node:timers/promises';
import { type EngineRequest, engineRequests } from '../endpoint/request-log.ts';
import { usageError } from '../errors.ts';
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
  if (follow && ui.json) throw usageError('--follow does not end, but --json prints one document.');
  let requests = (await engineRequests(home, { after: 0, bodies })).slice(-limit);
  if (!follow) {
    const text = requests.length === 0 ? 'No requests.\n' : textOf(requests, context);
    return { json: { ok: true, requests }, text };
  }
  return untilStopped(context, async () => {
    for (let after = 0; ; ) {
      ui.print(textOf(requests, context));
      after = requests.at(-1)?.id ?? after;
      await sleep(pollMs, undefined, { signal });
      requests = await engineRequests(home, { after, bodies });
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
