import { setTimeout as sleep } from 'node:timers/promises';
import { ensureEngine } from '../endpoint/engine-start.ts';
import { engineInbox, type InboxMessage } from '../endpoint/inbox.ts';
import { portFromEnvironment } from '../endpoint/open.ts';
import type { Context, Result } from '../session/command.ts';
import { untilStopped } from '../session/until-stopped.ts';
import { printable } from '../ui/printable.ts';

export interface LocalInboxOptions {
  follow?: boolean;
}

const pollMs = 250;

/** What the engine's user pools would have sent: confirmation and reset codes, temporary passwords. */
export async function localInbox(context: Context, { follow }: LocalInboxOptions): Promise<Result> {
  const { home, env, ui, signal } = context;
  const start = () => ensureEngine({ home, env, port: portFromEnvironment(env), note: ui.note });
  if (!follow) {
    // What came before it was stopped is in its store.
    await start();
    const messages = await engineInbox(home, 0);
    return { json: { ok: true, messages }, text: messages.length === 0 ? 'No messages.\n' : textOf(messages) };
  }
  return untilStopped(context, async () => {
    await start();
    for (let after = 0; ; ) {
      const messages = await engineInbox(home, after);
      ui.print(textOf(messages));
      after = messages.at(-1)?.id ?? after;
      await sleep(pollMs, undefined, { signal });
    }
  });
}

function textOf(messages: readonly InboxMessage[]): string {
  return messages
    .map(({ atMs, medium, to, pool, subject, text }) => {
      const kind = medium === 'EMAIL' ? 'e-mail' : 'SMS';
      const head = `${new Date(atMs).toISOString()}  ${kind} to ${printable(to)}, user pool ${printable(pool)}`;
      return [head, ...(subject === undefined ? [] : [`    ${printable(subject)}`]), `    ${printable(text)}`, ''];
    })
    .map((lines) => lines.join('\n'))
    .join('');
}
