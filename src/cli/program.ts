import { Command } from 'commander';
import { version } from '../version.ts';
import { declareCalls } from './calls.ts';
import { actWith, addGlobalOptions, type Execute, examples } from './declare.ts';
import { declareEngine } from './engine.ts';
import { declareOperations } from './operate.ts';
import { declareService } from './service.ts';
import { declareStack } from './stack.ts';
import { declareSteps } from './steps.ts';
import { declareUsers } from './users.ts';

/** What declares commands, and their names. `completion` is in none: it lists all that is declared. */
const groups = [
  { names: ['up', 'plan', 'status', 'down'], declare: declareStack },
  { names: ['call', 'token', 'export'], declare: declareCalls },
  { names: ['init', 'dev', 'request', 'exec', 'list'], declare: declareService },
  { names: ['load', 'tune', 'trace', 'logs'], declare: declareOperations },
  {
    names: ['role', 'function', 'table', 'api', 'stage', 'pool', 'client', 'domain', 'authorizer'],
    declare: declareSteps,
  },
  { names: ['user'], declare: declareUsers },
  { names: ['local', 'doctor', 'trust'], declare: declareEngine },
];

/**
 * Those that a command line needs, by its first word: declaring all takes milliseconds of every run. Help, a misspelt command and
 * whatever else is named by none of them need all; the version is told before any command is looked for.
 */
function groupsFor(first: string | undefined): typeof groups {
  if (first === '--version' || first === '-V') return [];
  const named = groups.filter(({ names }) => first !== undefined && names.includes(first));
  return named.length > 0 ? named : groups;
}

/**
 * Every command of `dynops`, with its options and help; a command's code is imported when it runs. `first`: the first word of the
 * command line, by which those are left out that it cannot mean.
 * `execute` receives what was parsed. Parsing problems, help and the version are thrown as commander's CommanderError, or
 * where dynops words the problem itself as a usage error; help goes to `write` first.
 */
export function createProgram(execute: Execute, write: (text: string) => void, first?: string): Command {
  const program = new Command('dynops')
    .description(
      'One serverless microservice: API Gateway, Lambda, DynamoDB, Cognito, X-Ray. Provisions, calls, measures and ' +
        'removes it: on this machine, by an embedded AWS-compatible engine, or with --aws in an AWS account.',
    )
    .version(version, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'show help')
    .helpCommand('help [command]', 'show help for a command')
    .configureHelp({ showGlobalOptions: true, sortSubcommands: false })
    .configureOutput({
      writeOut: write,
      // Problems arrive as thrown errors, which are shown once and in one layout.
      writeErr: () => undefined,
    })
    .showSuggestionAfterError(true)
    .exitOverride()
    .addHelpText(
      'after',
      examples(
        ['dynops up', 'create the whole stack, here on this machine'],
        [`dynops call create --item '{"id":"1","name":"Ada"}'`, 'store an item through the API'],
        ['dynops call list', 'read the table through the API'],
        ['dynops status', 'what exists, and whether it is as it should be'],
        ['dynops down', 'delete what up made'],
        ['dynops up --aws --profile dev', 'the same in a real account'],
      ),
    );
  addGlobalOptions(program);

  const act = actWith(execute);
  for (const { declare } of groupsFor(first)) declare(program, act);
  return program;
}
