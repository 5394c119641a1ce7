import type { Command } from 'commander';
import { type Act, checked, examples } from './declare.ts';

const named = checked((value) =>
  /^\w[\w.-]{0,63}$/.test(value) ? undefined : 'must be at most 64 letters, digits, "_", "-" and "."',
);

/** local snapshot: save and restore the whole engine. */
export function declareSnapshots(local: Command, act: Act): void {
  const snapshot = local
    .command('snapshot')
    .summary('save and restore the whole engine')
    .description(
      'Saves everything that the engine holds under a name: tables, items, users, functions, logs, and the passwords and URLs\n' +
        'that dynops stores for its stacks. Traces and the list of requests, which are only in memory, are not included.',
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
    .description('Saves the engine as it is now, while it runs; copy-on-write where the file system can.')
    .argument('<name>', 'what to call it', named)
    .option('--replace', 'replace the snapshot of that name')
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
    .description('Replaces everything that the engine holds with a snapshot. Asks first.')
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
