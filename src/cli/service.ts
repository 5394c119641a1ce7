import { type Command, Option } from 'commander';
import { templates } from '../service/templates.ts';
import { type Act, examples } from './declare.ts';

/** init and list: a service of one's own. */
export function declareService(program: Command, act: Act): void {
  program.commandsGroup("A service of one's own:");

  program
    .command('init')
    .summary('write the files of a service that runs')
    .description(
      'Writes a service into this folder: functions, routes, a table, a test, a CI workflow. Overwrites nothing.',
    )
    .addOption(new Option('--template <name>', 'what to begin with').choices(templates).default('typescript'))
    .addHelpText(
      'after',
      examples(
        ['dynops init', 'notes, in TypeScript'],
        ['dynops init --template python', 'the same in Python'],
        ['dynops init --template tutorial', "the AWS tutorial's function, to be changed"],
      ),
    )
    .action(act(async () => (await import('../commands/init.ts')).init));

  program
    .command('list')
    .summary('every stack of this account and region')
    .description('Lists the stacks that have an API, by their tag, with age and URL.')
    .addHelpText(
      'after',
      examples(['dynops list', 'on this machine'], ['dynops list --aws --region eu-west-1', 'in a real account']),
    )
    .action(act(async () => (await import('../commands/list.ts')).list));
}
