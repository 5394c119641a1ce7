import type { Command } from 'commander';
import { InvalidArgumentError } from 'commander';
import { nameKinds } from '../commands/completion/values.ts';
import type { CompletionOptions } from '../commands/completion.ts';
import { portSetting } from '../settings/table.ts';
import { choiceArgument } from './choice.ts';
import { type Act, examples, wholeNumber } from './declare.ts';
import { settingOption } from './setting-options.ts';
import { declareSnapshots } from './snapshots.ts';
import { treeOf } from './tree.ts';

/** local, doctor and completion: this machine. */
export function declareEngine(program: Command, act: Act): void {
  program.commandsGroup('This machine:');
  const local = program
    .command('local')
    .summary('the embedded engine')
    .description('The embedded AWS-compatible engine. Commands start it by themselves when they need it.')
    .addHelpText(
      'after',
      examples(
        ['dynops local status', 'where it runs'],
        ['dynops local start --aws-like', 'as slow as AWS'],
        ['eval "$(dynops local env)"', 'for other AWS clients'],
      ),
    );

  local
    .command('start')
    .description('Starts the engine in the background; does nothing when it already runs as asked.')
    .addOption(settingOption('port', portSetting.flag, portSetting))
    .option(
      '--aws-like [scale]',
      'be as slow and as eventually consistent as AWS, with CPU by memory; 0.1 makes all waits a tenth as long',
      scale,
    )
    .addHelpText(
      'after',
      examples(
        ['dynops local start --port 4566', 'a fixed port'],
        ['dynops local start --aws-like', 'rehearse for AWS'],
      ),
    )
    .action(act(async () => (await import('../commands/local.ts')).localStart));

  local
    .command('stop')
    .description('Stops the engine. Its data stays.')
    .addHelpText('after', examples(['dynops local stop', 'its data stays']))
    .action(act(async () => (await import('../commands/local.ts')).localStop));

  local
    .command('status')
    .description('Shows whether the engine runs, where, and since when.')
    .addHelpText('after', examples(['dynops local status', 'where it runs, and since when']))
    .action(act(async () => (await import('../commands/local.ts')).localStatus));

  local
    .command('env')
    .description('Prints shell exports that point any AWS client to the engine.')
    .addHelpText(
      'after',
      examples(
        ['eval "$(dynops local env)"', 'set them'],
        ['aws dynamodb scan --table-name lambda-apigateway', 'then use them'],
      ),
    )
    .action(act(async () => (await import('../commands/local.ts')).localEnv));

  local
    .command('logs')
    .description("Prints the engine's own log.")
    .option('--lines <n>', 'only the last lines', wholeNumber(1, 1_000_000))
    .option('--follow', 'keep showing new ones until Ctrl-C')
    .addHelpText(
      'after',
      examples(['dynops local logs --lines 20', 'its last lines'], ['dynops local logs --follow', 'as they come']),
    )
    .action(act(async () => (await import('../commands/local-logs.ts')).localLogs));

  local
    .command('requests')
    .description(
      "Requests that reached the engine: AWS API calls, the API's own, pages; the last thousand, secrets masked.",
    )
    .option('--follow', 'keep showing new ones until Ctrl-C')
    .option('--bodies', 'with the beginning of their bodies')
    .option('--limit <n>', 'only the latest, at most this many (default: all)', wholeNumber(1, 1_000))
    .addHelpText(
      'after',
      examples(
        ['dynops local requests --follow', 'watch them'],
        ['dynops local requests --limit 20', 'the latest'],
        ['dynops local requests --bodies', 'with what was sent and answered'],
      ),
    )
    .action(act(async () => (await import('../commands/local-requests.ts')).localRequests));

  local
    .command('inbox')
    .summary('messages that the user pools would have sent')
    .description(
      'Messages that the user pools on the engine would have sent: confirmation and reset codes, temporary passwords.\n' +
        'They never leave this machine; the last 500 are kept.',
    )
    .option('--follow', 'keep showing new ones until Ctrl-C')
    .addHelpText(
      'after',
      examples(
        ['dynops local inbox --follow', 'watch them come while you sign up'],
        ["dynops local inbox --json | jq -r '.messages[-1].code'", 'the last code, for a script'],
      ),
    )
    .action(act(async () => (await import('../commands/local-inbox.ts')).localInbox));

  declareSnapshots(local, act);

  local
    .command('reset')
    .description(
      'Stops the engine and deletes everything it keeps: tables, items, users, functions, credentials. Snapshots stay. Asks first.',
    )
    .addHelpText('after', examples(['dynops local reset', 'asks first'], ['dynops local reset --yes', 'does not ask']))
    .action(act(async () => (await import('../commands/local.ts')).localReset));

  program
    .command('doctor')
    .summary('find problems, and the commands that fix them')
    .description(
      'Checks this machine and the target, and names the command that fixes each problem. Exit 3: a problem was found.',
    )
    .addHelpText(
      'after',
      examples(
        ['dynops doctor', 'this machine and the engine'],
        ['dynops doctor --aws --profile dev', 'an AWS account: network, credentials, permissions, clock'],
      ),
    )
    .action(act(async () => (await import('../commands/doctor.ts')).doctor));

  program
    .command('trust')
    .summary("trust this folder's dynops.json")
    .description(
      'Trusts the dynops.json of the working folder as it is now. Until then its "target", its "profile" and an "endpointUrl"\n' +
        'on another machine are ignored. After the file changes, it must be trusted again.',
    )
    .addHelpText('after', examples(['dynops trust', 'after looking at dynops.json']))
    .action(act(async () => (await import('../commands/trust.ts')).trust));

  program
    .command('completion')
    .summary('shell completion')
    .description('Prints a completion script for a shell; or the names that the scripts ask for, as they are now.')
    .addArgument(choiceArgument('shell', 'which shell, or which names', ['bash', 'zsh', 'fish', ...nameKinds]))
    .addHelpText(
      'after',
      examples(
        ['source <(dynops completion bash)', 'bash, in ~/.bashrc'],
        ['source <(dynops completion zsh)', 'zsh, in ~/.zshrc after compinit'],
        ['dynops completion fish | source', 'fish, in config.fish'],
      ),
    )
    .action(
      act<CompletionOptions>(async () => {
        const { completion } = await import('../commands/completion.ts');
        return (context, options) => completion(context, { ...options, tree: treeOf(program) });
      }),
    );
}

function scale(value: string): number {
  const number = Number(value);
  if (/^\d*\.?\d+$/.test(value) && number > 0 && number <= 10) return number;
  throw new InvalidArgumentError('It must be a number above 0, at most 10.');
}
