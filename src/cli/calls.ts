import type { Command } from 'commander';
import { operations } from '../commands/call/operations.ts';
import { accountIdProblem, usernameProblem } from '../settings/spelling.ts';
import { choiceArgument } from './choice.ts';
import { type Act, checked, examples, wholeNumber } from './declare.ts';

/** call, token and export: using the API. */
export function declareCalls(program: Command, act: Act): void {
  program.commandsGroup('The API:');

  program
    .command('call')
    .summary('invoke the API')
    .description(
      "Invokes the API and prints the response body. The token is attached automatically.\nJSON is sent unchanged: given in the argument, read from @FILE, or from stdin with '-'.",
    )
    .addArgument(choiceArgument('operation', 'what to do', operations))
    .option('--item <json>', 'create: the item to store; JSON, @FILE or -')
    .option('--key <json>', 'read, update, delete: the key; JSON, @FILE or -')
    .option('--id <value>', 'read, update, delete: shorthand for --key \'{"id":"VALUE"}\'')
    .option(
      '--set <path=value...>',
      'update: what to set, as city=Paris or addr.city=Paris; VALUE is JSON, or text where it is none; \\. is a dot in a name',
    )
    .option('--remove <path...>', 'update: what to remove, as addr.zip or tags[0]')
    .option('--limit <n>', 'list: items per page', wholeNumber(1, 1_000_000))
    .option('--all', 'list: every page, as one answer')
    .option('--filter <expression>', `list: only items that match, as 'age >= 18 AND begins_with(name, "A")'`)
    .option('--payload <json>', 'any operation: the whole payload; JSON, @FILE or -')
    .option('--table <name>', "the table (default: the stack's)")
    .option('--no-auth', 'send no token')
    .option('--include', 'show the status line and headers on stderr')
    .addHelpText(
      'after',
      examples(
        ['dynops call ping', 'is it there?'],
        [`dynops call create --item '{"id":"1","name":"Ada","born":1815}'`, 'store an item'],
        ['dynops call read --id 1', 'read it'],
        ['dynops call update --id 1 --set born=1816 addr.city=London', 'change it'],
        ['dynops call list --all | jq .Items', 'every item'],
        ['dynops call delete --id 1', 'delete it'],
        ['dynops call echo --payload @event.json --include', 'see what goes through'],
      ),
    )
    .action(act(async () => (await import('../commands/call.ts')).call));

  program
    .command('token')
    .summary('print an id token')
    .description(
      'Prints an id token and nothing else; signs in when the stored one has expired.\n' +
        'The password comes from --password-stdin, DYNOPS_PASSWORD, the file kept by `up`, or a prompt.',
    )
    .option('--access', 'print the access token instead')
    .option('--decode', 'print what is in the token, and whether the API would accept it')
    .option('--refresh', 'get a new one although the stored one is still valid')
    .option('--for <user>', "sign in as this user (default: the stack's own)", checked(usernameProblem))
    .option('--password-stdin', 'read the password from stdin')
    .option('--hosted-ui', "sign in on the user pool's pages, in the browser")
    .option('--no-browser', "with --hosted-ui: print the page's address instead of opening it")
    .option('--paste', 'with --hosted-ui: paste the address at which the browser ends up')
    .option('--new-password-stdin', 'read from stdin the new password that the first sign-in asks for')
    .addHelpText(
      'after',
      examples(
        ['dynops token --decode', 'look into it'],
        ['dynops token --hosted-ui', 'sign in on the pages'],
        ['curl -H "Authorization: $(dynops token)" …', 'use it elsewhere'],
        ['printf %s "$PW" | dynops token --for ada --password-stdin', 'another user'],
      ),
    )
    .action(act(async () => (await import('../commands/token.ts')).token));

  const exported = program
    .command('export')
    .summary('export the stack and its calls for another tool')
    .description('Prints the stack, or calls of its API, in the format of another tool.')
    .addHelpText(
      'after',
      examples(
        ['dynops export curl > calls.sh', 'its calls'],
        ['dynops export terraform --zip function.zip > main.tf', 'the stack'],
        ['dynops export iam-policy --aws > policy.json', 'what an operator needs'],
      ),
    );

  exported
    .command('curl')
    .description('Prints a shell script that calls each operation with curl.')
    .addHelpText('after', examples(['dynops export curl > calls.sh', 'write it'], ['sh calls.sh', 'run it']))
    .action(act(async () => (await import('../commands/export.ts')).exportCurl));

  exported
    .command('postman')
    .description('Prints a Postman collection that calls each operation. Import it, and set its variable idToken.')
    .addHelpText('after', examples(['dynops export postman > dynops.postman_collection.json', 'write it']))
    .action(act(async () => (await import('../commands/export.ts')).exportPostman));

  exported
    .command('aws-cli')
    .description('Prints a shell script that creates the stack with the AWS CLI, where none of it exists yet.')
    .option('--zip <file>', "write the function's code there, for the script to upload")
    .addHelpText(
      'after',
      examples(['dynops export aws-cli --zip function.zip > up.sh', 'write both'], ['PASSWORD=… sh up.sh', 'run it']),
    )
    .action(act(async () => (await import('../commands/export.ts')).exportAwsCli));

  exported
    .command('iam-policy')
    .description('Prints the least IAM policy for operating the stack: up, down, and every command about it.')
    .option('--account <id>', 'for this AWS account (default: that of the credentials)', checked(accountIdProblem))
    .addHelpText(
      'after',
      examples(
        ['dynops export iam-policy --account 123456789012 --region eu-west-1', 'without credentials'],
        ['dynops export iam-policy --aws > policy.json', 'for the account of the credentials'],
        ['dynops doctor --aws', 'which of these the caller lacks'],
      ),
    )
    .action(act(async () => (await import('../commands/export.ts')).exportIamPolicy));

  exported
    .command('terraform')
    .description('Prints a Terraform configuration of the stack.')
    .option('--zip <file>', "write the function's code there, for Terraform to upload")
    .addHelpText('after', examples(['dynops export terraform --zip function.zip > main.tf', 'write both']))
    .action(act(async () => (await import('../commands/export.ts')).exportTerraform));
}
