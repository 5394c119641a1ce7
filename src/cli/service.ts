import type { Command } from 'commander';
import { templates } from '../service/templates.ts';
import { usernameProblem } from '../settings/spelling.ts';
import { choiceArgument, choiceOption, oneOf } from './choice.ts';
import { type Act, checked, collect, examples } from './declare.ts';

/** init, dev, request, exec and list: a service of the user's own. */
export function declareService(program: Command, act: Act): void {
  program.commandsGroup('Your own service:');

  program
    .command('init')
    .summary('write the files of a service that runs')
    .description(
      'Writes a service into this folder: functions, routes, a table, a test, a CI workflow. Overwrites nothing.',
    )
    .addOption(choiceOption('--template <name>', 'what to begin with', templates).default('typescript'))
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
    .command('dev')
    .summary('bring the service up and update it on every save')
    .description(
      'Brings the service up, and replaces the code when a source file is saved; a changed dynops.json is applied too.\n' +
        'A failed build is shown, and the last good code keeps serving. Requests and log lines are shown as they arrive.',
    )
    .option('--no-logs', "do not show the functions' log")
    .addHelpText(
      'after',
      examples(['dynops dev', 'on this machine'], ['dynops dev --aws --stack ada', 'in a real account']),
    )
    .action(act(async () => (await import('../commands/dev.ts')).dev));

  program
    .command('request')
    .summary('send a request to a route, with the token attached')
    .description(
      'Sends a request to a route of the API and prints the response body. The token is attached automatically.',
    )
    .addArgument(choiceArgument('method', 'the HTTP method', methods).argParser(method))
    .argument('<path>', 'the path below the stage, such as /orders/1')
    .option('--query <name=value>', 'a parameter of the query; repeatable', collect())
    .option('--body <text>', 'the body: text, @FILE or -; sent as JSON where it is JSON')
    .option('--header <line>', 'a header, as "Accept: text/plain"; repeatable', collect())
    .option('--user <name>', "with this user's token (default: the stack's own user)", checked(usernameProblem))
    .option('--no-auth', 'send no token')
    .option('--include', 'show the status line and headers on stderr')
    .addHelpText(
      'after',
      examples(
        ['dynops request GET /notes', 'read'],
        [`dynops request PUT /notes/1 --body '{"text":"Buy milk"}'`, 'write'],
        ['dynops request GET /notes --query limit=5 --include', 'with a query; show the headers'],
        ['dynops request GET /health --no-auth', 'a route that is open'],
      ),
    )
    .action(act(async () => (await import('../commands/request.ts')).request));

  program
    .command('exec')
    .summary('run a command against a stack of its own')
    .description(
      'Brings the stack up on an engine of its own, runs the command with its addresses and a token in the environment\n' +
        '(API_URL, ID_TOKEN, AWS_ENDPOINT_URL, credentials, each table as NAME_TABLE), passes on its exit status, and removes everything.',
    )
    .argument('<command...>', 'the command and its arguments, after --')
    .addHelpText(
      'after',
      examples(
        ['dynops exec -- npm test', 'run the tests'],
        ["dynops exec -- sh -c 'curl $API_URL/health'", 'ask one thing'],
      ),
    )
    .action(act(async () => (await import('../commands/exec.ts')).exec));

  program
    .command('list')
    .summary('list every stack of this account and region')
    .description('Lists the stacks that have an API, by their tag, with age and URL.')
    .addHelpText(
      'after',
      examples(['dynops list', 'on this machine'], ['dynops list --aws --region eu-west-1', 'in a real account']),
    )
    .action(act(async () => (await import('../commands/list.ts')).list));
}

const methods = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS'];

/** In either case. */
const method = (given: string): string => oneOf('method', methods)(given.toUpperCase());
