import { basename } from 'node:path';
import type { Aws } from '../aws/aws.ts';
import { engineRequests } from '../endpoint/request-log.ts';
import { DynopsError } from '../errors.ts';
import { ExitStatus } from '../exit-status.ts';
import { type FileWatch, watchFiles } from '../service/watch.ts';
import { announce } from '../session/announce.ts';
import { bringUp } from '../session/bring-up.ts';
import type { Context, Result } from '../session/command.ts';
import { createLogFollower } from '../session/log-follower.ts';
import { ownCommand } from '../session/own-command.ts';
import { consentToPython } from '../session/python-consent.ts';
import { folderConfigFile } from '../settings/file.ts';
import { logGroupNameIn } from '../stack/names.ts';
import type { Service } from '../stack/service.ts';
import { logText } from '../ui/log-text.ts';
import { requestText } from '../ui/request-text.ts';
import { showStackProgress } from '../ui/stack-progress.ts';
import { summaryLines } from '../ui/stack-tables.ts';
import { counted } from '../ui/words.ts';
import { createServiceCode, type ServiceCode } from './dev/code.ts';

export interface DevOptions {
  logs: boolean;
}

/** Editors write a file in several steps. */
const quietMs = 25;
const pollMs = 250;

/** What exists now, and what it was made from. */
interface Standing {
  service: Service;
  code: ServiceCode;
}

/** Brings the service up, and follows the files: code is swapped on save, a changed dynops.json is applied. Ends by Ctrl-C. */
export async function dev(context: Context, { logs }: DevOptions): Promise<Result> {
  const { ui, signal, cwd } = context;
  const [, aws, stack] = await Promise.all([context.service({ values: false }), context.aws(), context.stack()]);
  await announce(context, 'Bringing up');
  let standing = await stand(context);
  const file = folderConfigFile(cwd);
  const follow = (watching: FileWatch) =>
    watching.follow([file, ...standing.code.sources()], { besides: standing.code.isBroken() });

  // One after the other: what is saved in the meantime is built with the next.
  let working = Promise.resolve();
  // Where one part fails, the others do not go on by themselves.
  const over = new AbortController();
  let fail: (error: unknown) => void = () => undefined;
  const failed = new Promise<never>((_resolve, reject) => {
    fail = reject;
  });
  const take = (changed: ReadonlySet<string>) => {
    const apply = async () => {
      const startedAtMs = context.clock();
      try {
        if (changed.has(file)) {
          const before = standing.code;
          standing = await stand(context, { isChange: true });
          await before.close();
          ui.note(`applied ${basename(file)} in ${context.clock() - startedAtMs} ms`);
        }
        const swapped = await standing.code.swap(aws, stack, changed);
        if (swapped.length > 0) ui.note(`swapped ${swapped.join(', ')} in ${context.clock() - startedAtMs} ms`);
      } catch (error) {
        const isInterrupted = error instanceof DynopsError && error.kind === 'interrupted';
        if (!isInterrupted) await tell(context, error);
      }
      follow(watching);
    };
    working = working.then(apply).catch(fail);
  };
  const watching: FileWatch = watchFiles(take, { quietMs });
  follow(watching);
  // What was saved while it came up.
  take(new Set(standing.code.sources()));
  ui.note(
    `Following ${counted(standing.code.sources().length, 'source file')}. Ctrl-C ends that; ${ownCommand(context.options)('down')} removes the stack.`,
  );
  try {
    const shown = Promise.all([
      ...(logs ? [showLogs(context, aws, { service: () => standing.service, over: over.signal })] : []),
      ...(aws.targetKind === 'local' ? [showRequests(context, aws, over.signal)] : []),
      untilAborted(signal),
    ]);
    await Promise.race([shown, failed]);
  } catch (error) {
    if (!signal.aborted) throw error;
  } finally {
    over.abort();
    watching.close();
    await working;
    await standing.code.close();
  }
  // By --timeout, as by a reader that went away, it ends as every command does.
  const reason: unknown = signal.reason;
  if (reason instanceof DynopsError && reason.kind !== 'interrupted') throw reason;
  return { json: { ok: true, stack }, exitStatus: ExitStatus.interrupted };
}

/** `isChange`: what stays as it is has been said before. */
async function stand(context: Context, { isChange = false } = {}): Promise<Standing> {
  const service = await context.service();
  // Before anything moves on the terminal.
  await consentToPython(context, service);
  const code = createServiceCode(service);
  const { onEvent, close } = await showStackProgress(context.ui, { changesOnly: isChange });
  const { report, kept } = await bringUp(context, { settings: {}, onEvent, code: code.read })
    .catch(async (error: unknown) => {
      await code.close();
      throw error;
    })
    .finally(close);
  if (!isChange) for (const line of summaryLines(report, kept.files.passwordFile)) context.ui.note(line);
  return { service, code };
}

/** The last good code keeps serving. */
async function tell(context: Context, error: unknown): Promise<void> {
  if (!(error instanceof DynopsError)) throw error;
  context.ui.warn(context.ui.style('red', error.message));
  const hint = await context.advise(error);
  if (hint !== undefined) context.ui.warn(hint);
}

async function showLogs(
  context: Context,
  aws: Aws,
  { service, over }: { service: () => Service; over: AbortSignal },
): Promise<void> {
  const stack = await context.stack();
  const fromMs = context.clock();
  const followers = new Map<string, ReturnType<typeof createLogFollower>>();
  while (!over.aborted) {
    for (const { name } of service().functions) {
      const group = logGroupNameIn(stack, name);
      const follower = followers.get(name) ?? createLogFollower(aws, { group, fromMs, onMissing: () => undefined });
      followers.set(name, follower);
      const lines = await follower.next();
      show(context, lines.map((line) => logText(line, context.ui.width)).join(''));
    }
    await aws.pause(pollMs);
  }
}

async function showRequests(context: Context, aws: Aws, over: AbortSignal): Promise<void> {
  const { home, ui } = context;
  let after = (await engineRequests(home, { after: 0 })).at(-1)?.id ?? 0;
  while (!over.aborted) {
    for (const entry of await engineRequests(home, { after })) {
      after = entry.id;
      if (entry.kind === 'api') show(context, `${requestText(entry, ui)}\n`);
    }
    await aws.pause(pollMs);
  }
}

/** With `--json`, stdout is for the one document. */
function show({ ui }: Context, lines: string): void {
  if (!ui.json) ui.print(lines);
  else if (lines !== '') ui.note(lines.trimEnd());
}

function untilAborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
