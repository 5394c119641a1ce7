import type { Command } from 'commander';
import type { StepCreateOptions, StepOptions } from '../commands/step.ts';
import type { UserAddOptions, UserOptions } from '../commands/user.ts';
import { usageError } from '../errors.ts';
import { usernameProblem } from '../settings/spelling.ts';
import { type Act, checked, collect, examples, wideOption } from './declare.ts';
import { addSettings } from './setting-options.ts';

const passwordStdin = [
  '--password-stdin',
  'read the password from stdin (else DYNOPS_PASSWORD, else a prompt)',
] as const;

/** user: the stack's own, as a step, and others beside it. */
export function declareUsers(program: Command, act: Act): void {
  const group = program
    .command('user')
    .summary('the user to sign in as, and others')
    .description(
      "The users of the stack's pool. Without a name, create, show and delete are about the stack's own user.",
    )
    .addHelpText(
      'after',
      examples(
        ['dynops user list', 'every user'],
        ['dynops user create ada --temporary', 'another one'],
        ['dynops token --for ada', 'sign in as her'],
      ),
    );

  addSettings(group.command('create'))
    .description("Creates or repairs the stack's own user, or adds another by name.")
    .argument('[name]', 'another user', checked(usernameProblem))
    .option('--temporary', 'with a name: the first sign-in asks for a new password')
    .option('--attribute <name=value>', 'with a name: an attribute such as email; repeatable', collect())
    .option(...passwordStdin)
    .addHelpText(
      'after',
      examples(
        ['dynops user create', "the stack's own, with a generated password"],
        ['dynops user create ada --temporary --attribute email=ada@example.com', 'another one'],
      ),
    )
    .action(
      act<Partial<UserAddOptions> & StepCreateOptions>(async () => {
        const [{ stepCreate }, { userAdd }] = await Promise.all([
          import('../commands/step.ts'),
          import('../commands/user.ts'),
        ]);
        return (context, given) => {
          const { name, temporary, attribute } = given;
          if (name !== undefined) return userAdd(context, { ...given, name });
          if (temporary || attribute) throw usageError('--temporary and --attribute go with the name of another user.');
          return stepCreate(context, { ...given, step: 'user' });
        };
      }),
    );

  group
    .command('show')
    .description("Shows the stack's own user: present, absent or drifted.")
    .option('--exit-code', 'exit 3 when it is absent or drifted')
    .option(...wideOption)
    .addHelpText('after', examples(['dynops user show', 'the user that `token` signs in as']))
    .action(
      act<StepOptions>(async () => {
        const { stepShow } = await import('../commands/step.ts');
        return (context, given) => stepShow(context, { ...given, step: 'user' });
      }),
    );

  group
    .command('list')
    .description('Lists every user of the pool.')
    .addHelpText('after', examples(['dynops user list', 'every user of the pool']))
    .action(act(async () => (await import('../commands/user.ts')).userList));

  group
    .command('set-password')
    .description('Sets the password of a user.')
    .argument('<name>', 'the user', checked(usernameProblem))
    .option('--temporary', 'the next sign-in asks for a new one')
    .option(...passwordStdin)
    .addHelpText(
      'after',
      examples(
        ['dynops user set-password ada', 'asks for it'],
        ['dynops user set-password ada --password-stdin <password.txt', 'from a file'],
      ),
    )
    .action(act(async () => (await import('../commands/user.ts')).userSetPassword));

  group
    .command('enable')
    .description('Lets a user sign in again.')
    .argument('<name>', 'the user', checked(usernameProblem))
    .addHelpText('after', examples(['dynops user enable ada', 'after `user disable ada`']))
    .action(act(async () => (await import('../commands/user.ts')).userEnable));

  group
    .command('disable')
    .description('Stops a user from signing in.')
    .argument('<name>', 'the user', checked(usernameProblem))
    .addHelpText('after', examples(['dynops user disable ada', 'until `user enable ada`']))
    .action(act(async () => (await import('../commands/user.ts')).userDisable));

  group
    .command('delete')
    .description("Deletes the stack's own user, or another by name. Asks first.")
    .argument('[name]', 'another user', checked(usernameProblem))
    .addHelpText(
      'after',
      examples(['dynops user delete ada', 'another user; asks first'], ['dynops user delete', "the stack's own"]),
    )
    .action(
      act<Partial<UserOptions>>(async () => {
        const [{ stepDelete }, { userRemove }] = await Promise.all([
          import('../commands/step.ts'),
          import('../commands/user.ts'),
        ]);
        return (context, { name }) =>
          name === undefined ? stepDelete(context, { step: 'user' }) : userRemove(context, { name });
      }),
    );
}
