import { isChange, type StackEvent } from '../stack/types.ts';
import { awsCliCommand } from './aws-cli-words.ts';
import { printable } from './printable.ts';
import type { Ui } from './ui.ts';
import { duration } from './words.ts';

type ShownEvent = Exclude<StackEvent, { kind: 'started' | 'called' }>;
type Say = (event: ShownEvent) => void;

/** Shows a stack command's progress on stderr, as it happens. */
export interface StackProgress {
  onEvent(event: StackEvent): void;
  /** Ends what moves; call it however the command ended. */
  close(): void;
}

/**
 * A moving line under finished ones on a terminal, plain lines elsewhere, nothing with `--json` or `--quiet`.
 * `explain`: after each resource, how it is made in the console and by the AWS CLI. `changesOnly`: nothing of what stays as it is.
 */
export async function showStackProgress(ui: Ui, { explain = false, changesOnly = false } = {}): Promise<StackProgress> {
  if (ui.json || ui.quiet) return { onEvent: () => undefined, close: () => undefined };
  const isShown = (event: ShownEvent) => !changesOnly || event.kind !== 'finished' || isChange(event.action);
  const say = (event: ShownEvent) => isShown(event) && ui.note(lineOf(event, ui));
  const progress = ui.live ? await liveProgress(ui, say) : plainProgress(say);
  return explain ? explained(progress, ui) : progress;
}

function explained(progress: StackProgress, ui: Ui): StackProgress {
  const made = new Map<string, string[]>();
  return {
    ...progress,
    onEvent: (event) => {
      progress.onEvent(event);
      if (event.kind === 'note') return;
      const key = `${event.type} ${event.name}`;
      if (event.kind === 'called') {
        const before = made.get(key) ?? [`    ${ui.style('dim', 'Console:')} ${event.consoleStep}`];
        const command = awsCliCommand(event.call, { secrets: event.secrets });
        made.set(key, [...before, `    ${ui.style('dim', '$')} ${command}`]);
      } else if (event.kind === 'finished' || event.kind === 'failed') {
        for (const line of made.get(key) ?? []) ui.note(line);
        made.delete(key);
      }
    },
  };
}

function plainProgress(say: Say): StackProgress {
  const lastReasons = new Map<string, string>();
  return {
    onEvent: (event) => {
      if (event.kind === 'started' || event.kind === 'called') return;
      if (event.kind === 'waiting') {
        // The same reason comes with every poll; once is enough where lines stay.
        const key = `${event.type} ${event.name}`;
        if (lastReasons.get(key) === event.reason) return;
        lastReasons.set(key, event.reason);
      }
      say(event);
    },
    close: () => undefined,
  };
}

async function liveProgress(ui: Ui, say: Say): Promise<StackProgress> {
  const { default: ora } = await import('ora');
  const doing = new Map<string, string>();
  const spinner = ora({ stream: ui.stderr, discardStdin: false, color: false, isEnabled: true }).start();
  ui.clearBy(() => void spinner.clear());
  const show = (): void => {
    const text = printable([...doing.values()].join(', '));
    spinner.text = text.length > ui.columns - 4 ? `${text.slice(0, ui.columns - 5)}…` : text;
  };
  return {
    onEvent: (event) => {
      if (event.kind === 'note') return say(event);
      if (event.kind === 'called') return;
      const key = `${event.type} ${event.name}`;
      if (event.kind === 'started') doing.set(key, `${event.doing} ${event.type}`);
      else if (event.kind === 'waiting')
        doing.set(key, `${event.type}: ${event.reason} (${duration(event.elapsedMs)})`);
      else {
        doing.delete(key);
        say(event);
      }
      show();
    },
    close: () => {
      spinner.stop();
      ui.clearBy(undefined);
    },
  };
}

function lineOf(event: ShownEvent, ui: Ui): string {
  switch (event.kind) {
    case 'note':
      return event.message;
    case 'waiting':
      return `  waiting    ${event.type} ${event.name}: ${event.reason}`;
    case 'failed':
      return `${ui.style('red', '✖')} ${'failed'.padEnd(9)}  ${event.type} ${event.name}: ${event.message}`;
    case 'finished': {
      const sign =
        event.action === 'unchanged' || event.action === 'absent' ? ui.style('dim', '·') : ui.style('green', '✔');
      return `${sign} ${event.action.padEnd(9)}  ${event.type} ${event.name}  ${ui.style('dim', duration(event.ms))}`;
    }
  }
}
