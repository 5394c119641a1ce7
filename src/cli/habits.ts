import { ownMember } from '../own-member.ts';

/* Words that other tools have taught people, and what they are here. */

const commands: Record<string, string> = {
  apply: '`dynops up` creates the stack, or repairs it.',
  create: '`dynops up` creates the stack; `dynops init` writes a service to begin with.',
  delete: '`dynops down` deletes the stack.',
  deploy: '`dynops up` deploys the stack.',
  describe: '`dynops status` describes the stack.',
  destroy: '`dynops down` deletes the stack.',
  diff: '`dynops plan` shows what `up` would change.',
  env: '`dynops local env` prints them.',
  info: '`dynops status` shows the stack and its addresses.',
  invoke: '`dynops call` invokes the API; `dynops function test` invokes the function past it.',
  login: '`dynops token` signs in.',
  ls: '`dynops list` lists the stacks.',
  new: '`dynops init` writes the files of a service.',
  offline: '`dynops dev` serves it here and follows its files.',
  output: '`dynops status` shows the addresses.',
  outputs: '`dynops status` shows the addresses.',
  preview: '`dynops plan` shows what `up` would change.',
  ps: '`dynops local status` says whether the engine runs; `dynops status` shows the stack.',
  remove: '`dynops down` deletes the stack.',
  rm: '`dynops down` deletes the stack.',
  run: '`dynops dev` runs the service; `dynops exec -- COMMAND` runs a command against it.',
  serve: '`dynops dev` serves it here and follows its files.',
  show: '`dynops status` shows the stack.',
  start: '`dynops up` starts the stack here; `dynops local start` starts only the engine.',
  stop: '`dynops local stop` stops the engine; `dynops down` deletes the stack.',
  tail: '`dynops logs --follow` shows log lines as they come.',
  teardown: '`dynops down` deletes the stack.',
  test: '`dynops function test` invokes the function; `dynops load` sends a load.',
  version: '`dynops --version` prints it.',
  watch: '`dynops dev` follows the files of a service.',
  whoami: '`dynops doctor` says which account the credentials open.',
};

const options: Record<string, string> = {
  '--auto-approve': '--yes answers every confirmation with yes.',
  '--color': 'Colours are on where a terminal shows them; --no-color and NO_COLOR turn them off.',
  '--dry-run': '`dynops plan` says what `up` would do, without changing anything; `down` asks first.',
  '--endpoint': '--endpoint-url URL names the endpoint.',
  '--env': '--stack NAME names a stack of its own.',
  '--force': '--yes answers every confirmation with yes.',
  '--format': '--json prints one JSON document.',
  '--local': 'The engine on this machine is the default: leave it out.',
  '--no-confirm': '--yes answers every confirmation with yes.',
  '--output': '--json prints one JSON document.',
  '--silent': '--quiet leaves out progress.',
  '--tail': '--follow shows new lines as they come.',
  '--verbose': '--debug shows every AWS call.',
  '--watch': '`dynops dev` follows the files of a service.',
  '-o': '--json prints one JSON document.',
  '-q': '--quiet leaves out progress.',
  '-v': '--debug shows every AWS call; `dynops --version` prints the version.',
};

/** What to use in the place of a command or an option of other tools; undefined for a word that is no habit. */
export function habitAdvice(message: string): string | undefined {
  const [, command] = /^unknown command '([^']+)'/i.exec(message) ?? [];
  const [, option] = /^unknown option '([^'=]+)/i.exec(message) ?? [];
  return ownMember(commands, command) ?? ownMember(options, option);
}
