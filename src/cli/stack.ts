import { type Command, Option } from 'commander';
import { resourceTypes } from '../resource-types.ts';
import { oneOf } from './choice.ts';
import { type Act, collect, examples, explainOption, wideOption } from './declare.ts';
import { addSettings } from './setting-options.ts';

const replaceable = Object.entries(resourceTypes).flatMap(([type, about]) => (about.replaceable ? [type] : []));
const replaceOption = (help: string) =>
  new Option('--replace <type>', help).choices(replaceable).argParser(collect(oneOf('--replace', replaceable)));

/** up, plan, status, down: the whole stack at once. */
export function declareStack(program: Command, act: Act): void {
  program.commandsGroup('The stack:');

  addSettings(program.command('up'))
    .summary('create or repair the whole stack')
    .description(
      'Creates the whole stack, or repairs what differs, in parallel where the order allows.\n' +
        'A second run changes nothing. After an interruption or a failure, run the same command again: it continues.',
    )
    .option('--adopt', 'take over resources whose names the stack needs but that dynops did not create')
    .addOption(replaceOption('allow resources of this type to be replaced where they cannot be changed; repeatable'))
    .option(
      '--remove-table <name>',
      'delete this table, which the service no longer has, with its items; repeatable',
      collect(),
    )
    .option('--password-stdin', "read the user's permanent password from stdin (else DYNOPS_PASSWORD, else generated)")
    .option(...explainOption)
    .addHelpText(
      'after',
      examples(
        ['dynops up', 'on this machine'],
        ['dynops up --aws --region eu-west-1', 'in a real account'],
        ['dynops up --explain', 'shows how the console and the AWS CLI do each step'],
        ['dynops up --stack blue', 'a second stack; its names begin with blue-'],
        ['dynops up --json | jq -r .apiUrl', 'for scripts'],
      ),
    )
    .action(act(async () => (await import('../commands/up.ts')).up));

  addSettings(program.command('plan'))
    .summary('show what up would do, without changing anything')
    .description(
      'Reads the stack and shows, for each resource and property, what `up` would do. Makes no mutating call.',
    )
    .option('--adopt', 'plan as `up --adopt` would act')
    .addOption(replaceOption('plan as `up --replace` would act; repeatable'))
    .option('--remove-table <name>', 'plan as `up --remove-table` would act; repeatable', collect())
    .option('--exit-code', 'exit 3 when something would change')
    .option(...wideOption)
    .addHelpText('after', examples(['dynops plan', 'show'], ['dynops plan --exit-code --json', 'for a pipeline']))
    .action(act(async () => (await import('../commands/plan.ts')).plan));

  addSettings(program.command('status'))
    .summary('show each resource: present, absent or drifted')
    .description('Shows each resource, how it differs from what it should be, and the URLs and ids of the stack.')
    .option('--exit-code', 'exit 3 when something is absent or drifted')
    .option(...wideOption)
    .option('--diagram [file.svg]', 'draw the stack and the path of a request: here, or to an SVG file')
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
    .description('Deletes what `up` made, in the order that AWS allows, and verifies that nothing is left. Asks first.')
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
