import type { Command } from 'commander';
import type { StepCreateOptions, StepOptions } from '../commands/step.ts';
import { eventNameProblem } from '../settings/spelling.ts';
import type { Step } from '../stack/step.ts';
import { type Act, checked, examples, explainOption, functionOption, wideOption } from './declare.ts';
import { addSettings } from './setting-options.ts';
import { declareTableData } from './table-data.ts';

/** The tutorial's steps, in its order; each makes, shows and deletes one thing. Users are in user.ts. */
const steps: { step: Step; what: string }[] = [
  { step: 'role', what: 'the role that the function runs as, with its policy' },
  { step: 'function', what: 'the Lambda function and its log group' },
  { step: 'table', what: 'the DynamoDB table' },
  { step: 'api', what: "the REST API with its resource, method and the function's permission" },
  { step: 'stage', what: 'the deployment of the API and its stage' },
  { step: 'pool', what: 'the Cognito user pool' },
  { step: 'client', what: "the pool's app client" },
  { step: 'domain', what: "the host name of the pool's sign-in pages" },
  { step: 'authorizer', what: "the API's authorizer, attached to its method" },
];

/** What is commonly changed. */
const updates: Partial<Record<Step, [line: string, does: string]>> = {
  pool: ['dynops pool update --password-length 12', 'longer passwords'],
  client: ['dynops client update --callback-url http://localhost:3000', 'another page to return to'],
};

/** Changes of what stands; `create` makes them too, and whatever is missing besides. */
function declareUpdate(group: Command, act: Act, step: Step) {
  addSettings(group.command('update'))
    .description('Changes what exists. Settings that are not given stay as they are.')
    .addHelpText('after', examples(updates[step] ?? [`dynops ${step} update --explain`, 'and say how']))
    .option(...explainOption)
    .action(
      act<StepCreateOptions>(async () => {
        const { stepCreate } = await import('../commands/step.ts');
        return (context, given) => stepCreate(context, { ...given, step, mustStand: true });
      }),
    );
}

/** What belongs to a step beside creating, showing and deleting it. */
const extras: Partial<Record<Step, (group: Command, act: Act) => void>> = {
  function: (group, act) => {
    group
      .command('test')
      .description(
        'Invokes the function directly, not through the API: its result on stdout, the end of its log on stderr.',
      )
      .option('--event <json>', 'the event; JSON, @FILE, -, or the name of a saved one (default: an echo)')
      .option('--save <name>', 'keep the event under this name', checked(eventNameProblem))
      .option(...functionOption('its first'))
      .addHelpText(
        'after',
        examples(
          ['dynops function test', 'an echo'],
          ['dynops function test --event @input.json --save first', 'save your own event under a name'],
          ['dynops function test --event first', 'the same again'],
        ),
      )
      .action(act(async () => (await import('../commands/function.ts')).functionTest));
    addSettings(group.command('config'))
      .description("Shows the function's configuration; with options, changes it first.")
      .option(...functionOption('its first; changes: all'))
      .addHelpText('after', examples(['dynops function config --memory 512', 'more memory, and so more CPU']))
      .action(act(async () => (await import('../commands/function.ts')).functionConfig));
  },
  table: declareTableData,
  pool: (group, act) => declareUpdate(group, act, 'pool'),
  client: (group, act) => declareUpdate(group, act, 'client'),
  api: (group, act) => {
    group
      .command('deploy')
      .description('Deploys the API as it is now to its stage, when it changed since the last deployment.')
      .addHelpText('after', examples(['dynops api deploy', 'after a change of the API']))
      .action(
        act<StepCreateOptions>(async () => {
          const { stepCreate } = await import('../commands/step.ts');
          return (context, given) => stepCreate(context, { ...given, step: 'stage' });
        }),
      );
  },
  authorizer: (group, act) => {
    group
      .command('test')
      .description('Shows what the authorizer answers to a token: the response code and the claims.')
      .option('--token <source>', "@FILE or - for stdin (default: the token of the stack's user)")
      .addHelpText('after', examples(['dynops token | dynops authorizer test --token -', 'a token of your choice']))
      .action(act(async () => (await import('../commands/authorizer-test.ts')).authorizerTest));
  },
};

/** role, function, table, api, stage, pool, client, domain, authorizer. */
export function declareSteps(program: Command, act: Act): void {
  program.commandsGroup('Step by step:');
  for (const { step, what } of steps) {
    const group = program
      .command(step)
      .summary(what)
      .description(`${what.charAt(0).toUpperCase()}${what.slice(1)}: one step of the stack.`)
      .addHelpText(
        'after',
        examples(
          [`dynops ${step} create`, 'create it'],
          [`dynops ${step} show`, 'look at it'],
          [`dynops ${step} delete`, 'delete it'],
        ),
      );

    const ofFunction = (command: Command) => (step === 'function' ? command.option(...functionOption('all')) : command);
    ofFunction(addSettings(group.command('create')))
      .description(`Creates or repairs ${what}, and nothing else.`)
      .option('--adopt', 'take over a resource of that name that dynops did not create')
      .option(...explainOption)
      .option('--replace', 'delete and create it again where it cannot be changed in place')
      .addHelpText(
        'after',
        examples([`dynops ${step} create`, 'then continue with the next step'], ['dynops up', 'all steps at once']),
      )
      .action(
        act<StepCreateOptions>(async () => {
          const { stepCreate } = await import('../commands/step.ts');
          return (context, given) => stepCreate(context, { ...given, step });
        }),
      );

    ofFunction(group.command('show'))
      .description(`Shows ${what}: present, absent or drifted.`)
      .addHelpText(
        'after',
        examples([`dynops ${step} show`, 'its state'], [`dynops ${step} show --json`, 'for scripts']),
      )
      .option('--exit-code', 'exit 3 when it is absent or drifted')
      .option(...wideOption)
      .action(
        act<StepOptions>(async () => {
          const { stepShow } = await import('../commands/step.ts');
          return (context, given) => stepShow(context, { ...given, step });
        }),
      );

    ofFunction(group.command('delete'))
      .description(`Deletes ${what}. Asks first.`)
      .addHelpText(
        'after',
        examples([`dynops ${step} delete`, 'asks first'], [`dynops ${step} delete --yes`, 'does not ask']),
      )
      .action(
        act<StepOptions>(async () => {
          const { stepDelete } = await import('../commands/step.ts');
          return (context, given) => stepDelete(context, { ...given, step });
        }),
      );
    extras[step]?.(group, act);
  }
}
