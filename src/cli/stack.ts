import type { Command } from 'commander';
import { resourceTypes } from '../resource-types.ts';
import { type Act, collect, examples, explainOption, oneOf, wideOption } from './declare.ts';
import { addSettings } from './setting-options.ts';

const typeOf = oneOf(
  ...Object.entries(resourceTypes).flatMap(([type, { replaceable }]) => (replaceable ? [type] : [])),
);

/** up, plan, status, down: the whole stack at once. */
export function declareStack(program: Command, act: Act): void {
  program.commandsGroup('The stack:');

  addSettings(program.command('up'))
    .summary('create or repair the whole stack')
    .description(
      'Creates the whole stack, or repairs what differs, in parallel where the order allows.\n' +
        'A second run changes nothing. Interrupted or failed part-way, the same command goes on.',
    )
    .option('--adopt', 'take over resources that hold a name of the stack but were not made by dynops')
    .option(
      '--replace <type>',
      'allow this type to be replaced where it cannot be changed; repeatable',
      collect(typeOf),
    )
    .option('--remove-table <name>', 'remove this table, which left the service, with its items; repeatable', collect())
    .option('--password-stdin', "read the user's permanent password from stdin (else DYNOPS_PASSWORD, else generated)")
    .option(...explainOption)
    .addHelpText(
      'after',
      examples(
        ['dynops up', 'on this machine'],
        ['dynops up --aws --region eu-west-1', 'in a real account'],
        ['dynops up --explain', 'with each step as the console and the AWS CLI do it'],
        ['dynops up --stack blue', 'a second stack; its names begin with blue-'],
        ['dynops up --json | jq -r .apiUrl', 'for scripts'],
      ),
    )
    .action(act(async () => (await import('../commands/up.ts')).up));

  addSettings(program.command('plan'))
    .summary('what up would do, without changing anything')
    .description('Reads the stack and says, per resource and property, what `up` would do. Makes no mutating call.')
    .option('--adopt', 'plan as `up --adopt` would act')
    .option('--replace <type>', 'plan as `up --replace` would act; repeatable', collect(typeOf))
    .option('--remove-table <name>', 'plan as `up --remove-table` would act; repeatable', collect())
    .option('--exit-code', 'exit 3 when something would change')
    .option(...wideOption)
    .addHelpText('after', examples(['dynops plan', 'show'], ['dynops plan --exit-code --json', 'for a pipeline']))
    .action(act(async () => (await import('../commands/plan.ts')).plan));

  addSettings(program.command('status'))
    .summary('each resource: present, absent or drifted')
    .description('Shows each resource, how it differs from what it should be, and the addresses of what stands.')
    .option('--exit-code', 'exit 3 when something is absent or drifted')
    .option(...wideOption)
    .option('--diagram [file.svg]', 'draw the stack and the way of a request: here, or as a picture into the file')
    .addHelpText(
      'after',
      examples(
        ['dynops status', 'show'],
        ['dynops status --diagram', 'as a picture'],
        ['dynops status --json | jq .inSync', 'for scripts'],
      ),
    )
    .action(act(async () => (await import('../commands/status.ts')).status));

  program
    .command('down')
    .summary('delete what up made, and verify that nothing is left')
    .description('Deletes what `up` made, in the order that AWS allows, and verifies by reading that nothing is left.')
    .option('--keep-data', 'keep the table and the user pool')
    .addHelpText(
      'after',
      examples(
        ['dynops down', 'asks first'],
        ['dynops down --yes', 'does not ask'],
        ['dynops down --keep-data', 'the table and the users stay'],
      ),
    )
    .action(act(async () => (await import('../commands/down.ts')).down));
}
