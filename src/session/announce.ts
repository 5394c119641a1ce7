import type { Context } from './command.ts';

/** A target as a sentence names it. */
export function placeOf(where: { target: 'local' | 'aws' | 'endpoint'; account: string; region: string }): string {
  const names = { local: 'the embedded engine', aws: 'AWS', endpoint: 'the endpoint' };
  return `${names[where.target]}, account ${where.account}, region ${where.region}`;
}

/** Says where a command is about to change something, before it does. No progress, so that `--quiet` does not silence it. */
export async function announce(context: Context, doing: string): Promise<void> {
  const [{ kind, endpointUrl }, { accountId, region }, stack] = await Promise.all([
    context.choice(),
    context.aws(),
    context.stack(),
  ]);
  const at = endpointUrl === undefined ? '' : ` (${endpointUrl})`;
  context.ui.warn(`${doing} stack "${stack}" in ${placeOf({ target: kind, account: accountId, region })}${at}.`);
}
