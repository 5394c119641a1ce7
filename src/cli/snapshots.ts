import type { Command } from 'commander';
import { type Act, checked, examples } from './declare.ts';

const named = checked((value) =>
  /^\w[\w.-]{0,63}$/.test(value) ? undefined : 'must be of letters, digits, "_", "-" and ".", at most 64 of them',
);

/** local snapshot: the whole engine, kept and brought back. */
export function declareSnapshots(local: Command, act: Act): void {
  const snapshot = local
    .command('snapshot')
    .summary('the whole engine, kept and brought back')
    .description(
      'Keeps all that the engine has under a name: tables, items, users, functions, logs, and the passwords and addresses\n' +
        'that dynops knows of its stacks. What is only in memory, traces and messages, is not in it.',
    )
    .addHelpText(
      'after',
      examples(
        ['dynops local snapshot save before', 'keep it'],
        ['dynops local snapshot load before', 'bring it back'],
      ),
    );

  snapshot
    .command('save')
    .description('Keeps the engine as it is now, while it runs; by reference where the file system can do that.')
    .argument('<name>', 'what to call it', named)
    .option('--replace', 'in place of the snapshot of that name')
    .addHelpText(
      'after',
      examples(
        ['dynops local snapshot save before', 'then try something'],
        ['dynops local snapshot load before', 'and go back'],
      ),
    )
    .action(act(async () => (await import('../commands/local-snapshot.ts')).snapshotSave));

  snapshot
    .command('load')
    .description('Puts a snapshot in the place of what the engine has now. Asks first.')
    .argument('<name>', 'which', named)
    .addHelpText('after', examples(['dynops local snapshot load before --yes', 'without being asked']))
    .action(act(async () => (await import('../commands/local-snapshot.ts')).snapshotLoad));

  snapshot
    .command('list')
    .description('Lists the snapshots, the oldest first.')
    .addHelpText('after', examples(['dynops local snapshot list', 'names, times and sizes']))
    .action(act(async () => (await import('../commands/local-snapshot.ts')).snapshotList));

  snapshot
    .command('delete')
    .description('Deletes a snapshot. Asks first.')
    .argument('<name>', 'which', named)
    .addHelpText('after', examples(['dynops local snapshot delete before --yes', 'without being asked']))
    .action(act(async () => (await import('../commands/local-snapshot.ts')).snapshotDelete));
}
