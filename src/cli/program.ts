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

/**
 * Every command of `dynops`, with its options and help; a command's code is imported when it runs.
 * `execute` receives what was parsed. Parsing problems, help and the version are thrown as commander's CommanderError, or
 * where dynops words the problem itself as a usage error; help goes to `write` first.
 */
export function createProgram(execute: Execute, write: (text: string) => void): Command {
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
  declareStack(program, act);
  declareCalls(program, act);
  declareService(program, act);
  declareOperations(program, act);
  declareSteps(program, act);
  declareUsers(program, act);
  declareEngine(program, act);
  return program;
}
