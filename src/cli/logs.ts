import type { Command } from 'commander';
import { parseDurationMs } from '../measure/quantities.ts';
import { type Act, amount, collect, examples, functionOption, wholeNumber } from './declare.ts';

export function declareLogs(program: Command, act: Act): void {
  program
    .command('logs')
    .summary("the function's log lines")
    .description("Shows the function's log lines, with each invocation's duration and memory in plain words.")
    .option('--since <time>', 'how far back, such as 10m or 2h (default: 10m)', amount(parseDurationMs))
    .option('-f, --follow', 'keep showing new lines until Ctrl-C')
    .option('--filter <pattern>', 'only lines that match a CloudWatch Logs pattern, such as ERROR')
    .option('--limit <n>', 'only the latest lines, at most this many (default: all)', wholeNumber(1, 100_000))
    .option('--request <id>', "only one request's lines")
    .option(
      '--field <path>',
      'only this member of lines that are JSON, such as user.id or items[0]; repeatable',
      collect(),
    )
    .option(...functionOption('its first'))
    .addHelpText(
      'after',
      examples(
        ['dynops logs --follow', 'as they come'],
        ['dynops logs --limit 20', 'only the latest'],
        ['dynops logs --since 1h --filter ERROR', 'what went wrong'],
        ['dynops logs --field level --field order.id', 'two members of JSON lines'],
      ),
    )
    .action(act(async () => (await import('../commands/logs.ts')).logs));
}
