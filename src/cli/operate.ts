import { type Command, InvalidArgumentError, Option } from 'commander';
import { operations } from '../commands/call/operations.ts';
import { longestRunMs, profileNames, type Stage } from '../measure/load/profile.ts';
import { parseBase, parseDurationMs, parseRatePerSecond, parseShare, parseStretch } from '../measure/quantities.ts';
import { strategies } from '../measure/tune.ts';
import { choiceOption } from './choice.ts';
import { type Act, amount, examples, functionOption, wholeNumber } from './declare.ts';
import { declareLogs } from './logs.ts';

/** load, tune, trace, logs: operating what exists. */
export function declareOperations(program: Command, act: Act): void {
  program.commandsGroup('Operating it:');
  declareLoad(program, act);
  declareTune(program, act);
  declareTrace(program, act);
  declareLogs(program, act);
}

/**
 * `--profile` names AWS credentials everywhere. In `load` and `tune` it used to say how the load changes too: a shape's name is
 * still taken so, and `shapeByProfile` tells of it. Commander gives every `--profile` to the program.
 */
function takeShapes(program: Command, command: Command): void {
  const given: string[] = [];
  program.on('option:profile', (value: string) => given.push(value));
  command.hook('preAction', (_declared, called) => {
    if (called.getOptionValue('shape') !== undefined) return;
    const isShape = (name: string) => profileNames.some((known) => known === name);
    const shape = given.findLast(isShape);
    if (shape === undefined) return;
    called.setOptionValue('shape', shape);
    called.setOptionValue('shapeByProfile', true);
    program.setOptionValue(
      'profile',
      given.findLast((name) => !isShape(name)),
    );
  });
}

function declareLoad(program: Command, act: Act): void {
  const load = addLoadOptions(program.command('load'), { users: 10, duration: '60s' });
  load
    .summary('send a load to the API, with a report')
    .description(
      "Sends a load to the stack's own API and measures it: virtual users that wait for their answers, or with --rate\n" +
        'requests at a fixed rate, whose latency counts from when each was due.\n' +
        'Bodies may contain {{$uuid}}, {{$randomInt}}, {{$timestamp}} and, with --data, {{column}}.\n' +
        'With --aws it says what it may cost, and asks first.',
    )
    .option(
      '--stage <time:n>',
      'reach this many users (with --rate: requests a second) in this time, such as 30s:10; repeatable, one after another',
      stage,
    )
    .option('--max-mean <time>', 'exit 3 when the mean latency exceeds this', amount(parseDurationMs))
    .option('--max-p50 <time>', 'likewise for the median', amount(parseDurationMs))
    .option('--max-p90 <time>', 'likewise for the 90th percentile', amount(parseDurationMs))
    .option('--max-p95 <time>', 'likewise for the 95th percentile', amount(parseDurationMs))
    .option('--max-p99 <time>', 'likewise for the 99th percentile', amount(parseDurationMs))
    .option('--max-error-rate <share>', 'exit 3 when a larger share of requests fails, such as 1%', amount(parseShare))
    .option('--min-rate <rate>', 'exit 3 when fewer requests a second were answered', amount(parseRatePerSecond))
    .option('--abort-on-threshold', 'stop as soon as one of the --max limits is missed, from 50 requests on')
    .option('--out <file>', 'write the result as JSON, for `load compare`')
    .option('--report <file>', 'write the result as a page that opens offline')
    .option('--label <text>', 'name of this run in reports')
    .addHelpText(
      'after',
      examples(
        ['dynops load --users 20 --duration 2m --report load.html', 'twenty users for two minutes'],
        ['dynops load --users 50 --shape spike --duration 5m', '10 %, then all fifty, then 10 %'],
        ['dynops load --stage 30s:10 --stage 1m:50 --stage 10s:0', 'stages of your own'],
        ['dynops load --rate 200/s --operation read', 'the open model'],
        ['dynops load --scenario mix.json --data people.csv', 'weighted requests, or a Postman collection'],
        ['dynops load --request "GET /notes"', 'a route of your own service'],
        ['dynops load --max-p95 200ms --max-error-rate 1%', 'for a pipeline: exit 3 when missed'],
        ['dynops load compare before.json after.json', 'compare two runs'],
      ),
    )
    .action(act(async () => (await import('../commands/load.ts')).load));
  takeShapes(program, load);

  load
    .command('compare')
    .summary('compare two runs')
    .description('Compares two results of `load --out` and shows which differences are more than chance.')
    .argument('<a>', 'the result to compare with')
    .argument('<b>', 'the result to judge')
    .option('--report <file>', 'write the comparison as a page')
    .configureHelp({ showGlobalOptions: false })
    .addHelpText(
      'after',
      examples(['dynops load compare before.json after.json --report compared.html', 'two runs of `load --out`']),
    )
    .action(act(async () => (await import('../commands/load-compare.ts')).loadCompare))
    // Commander gives an option that both have to the outer command.
    .hook('preAction', (compare) => {
      compare.setOptionValue('report', load.getOptionValue('report'));
    });
}

function declareTune(program: Command, act: Act): void {
  const tune = addLoadOptions(program.command('tune'), { users: 5, duration: '20s' })
    .summary('find a fast and cheap memory size')
    .description(
      "Sends a load at several memory sizes and compares speed and cost, from the function's own REPORT lines.\n" +
        'By default five users read for 20 s at each size. Afterwards the function is as it was, or with --apply has the best size.\n' +
        'With --aws it says what it may cost, and asks first.',
    )
    .option('--memory <sizes>', 'sizes in MB (default: 128,256,512,1024,1769)', amount(parseSizes))
    .option('--arch <names>', 'arm64, x86_64 or both, as arm64,x86_64 (default: unchanged)', amount(parseArchitectures))
    .addOption(choiceOption('--strategy <name>', 'what to optimize (default: balanced)', strategies))
    .option('--weight <share>', 'balanced: 0 counts only speed, 1 only cost (default: 0.5)', amount(parseShare))
    .option(...functionOption('the only one that is reached'))
    .addOption(
      new Option('--cold [n]', 'measure only cold starts, this many at each size (default: 5)')
        .preset('5')
        .argParser(wholeNumber(1, 100)),
    )
    .option('--apply', 'set the best')
    .option('--out <file>', 'write the result as JSON')
    .option('--report <file>', 'write the result as a page')
    .addHelpText(
      'after',
      examples(
        ['dynops tune --report tune.html', 'five sizes'],
        ['dynops tune --memory 128,512 --arch arm64,x86_64', 'two sizes on both processors'],
        ['dynops tune --strategy cost --apply', 'take the cheapest'],
        ['dynops tune --cold --memory 128,512,1024', 'how long cold starts take'],
      ),
    )
    .action(act(async () => (await import('../commands/tune.ts')).tune));
  takeShapes(program, tune);
}

function declareTrace(program: Command, act: Act): void {
  const trace = program
    .command('trace')
    .summary('show where the time goes, with X-Ray')
    .description('X-Ray tracing of the stage and the function, and what it has recorded.')
    .addHelpText(
      'after',
      examples(
        ['dynops trace on', 'first'],
        ['dynops trace list', 'then, after some requests'],
        ['dynops trace show', 'the latest, part by part'],
      ),
    );

  trace
    .command('on')
    .summary('switch tracing on')
    .description('Switches tracing of the stage and the function on, as `up --tracing` does.')
    .addHelpText('after', examples(['dynops trace on', 'then send some requests']))
    .action(act(async () => (await import('../commands/trace-switch.ts')).traceOn));

  trace
    .command('off')
    .summary('switch tracing off')
    .description('Switches tracing of the stage and the function off.')
    .addHelpText('after', examples(['dynops trace off', 'no more traces are recorded']))
    .action(act(async () => (await import('../commands/trace-switch.ts')).traceOff));

  trace
    .command('list')
    .summary('list recorded requests')
    .description('Lists traced requests, the latest first.')
    .option('--since <time>', 'how far back, such as 10m or 2h (default: 1h)', amount(parseDurationMs))
    .option('--slowest', 'the slowest first')
    .option('--failed', 'only those with an error, a fault or a throttled call')
    .option('--limit <n>', 'at most this many (default: 20)', wholeNumber(1, 10_000))
    .option('--filter <expression>', 'X-Ray filter expression')
    .option(...functionOption('all'))
    .addHelpText(
      'after',
      examples(
        ['dynops trace list --slowest --limit 5', 'what took longest'],
        ['dynops trace list --failed --since 10m', 'what went wrong lately'],
        [`dynops trace list --filter 'responsetime > 0.5'`, "X-Ray's own expressions"],
      ),
    )
    .action(act(async () => (await import('../commands/trace-list.ts')).traceList));

  trace
    .command('show')
    .summary('show one request, part by part')
    .description('Shows where the time of one request went: gateway, authorizer, start, handler, DynamoDB, overhead.')
    .argument('[id]', "the trace's id (default: the latest)")
    .option(...functionOption('all'))
    .option('--report <file>', 'write the waterfall as a page')
    .addHelpText(
      'after',
      examples(
        ['dynops trace show', 'the latest'],
        ['dynops trace show 1-67a… --report trace.html', 'one of them, as a page'],
      ),
    )
    .action(act(async () => (await import('../commands/trace-show.ts')).traceShow));

  trace
    .command('map')
    .summary('show the service map')
    .description('Shows which service calls which, with latency and the share that failed.')
    .option('--since <time>', 'how far back, at most 6h (default: 1h)', amount(parseMapStretch))
    .option(...functionOption('all'))
    .option('--report <file>', 'write the map as a page')
    .addHelpText(
      'after',
      examples(
        ['dynops trace map --since 10m', 'the latest calls'],
        ['dynops trace map --report map.html', 'as a page'],
      ),
    )
    .action(act(async () => (await import('../commands/trace-map.ts')).traceMap));
}

/** How much is sent, and what; the same for `load` and `tune`. */
function addLoadOptions(command: Command, defaults: { users: number; duration: string }): Command {
  return command
    .option(
      '--users <n>',
      `virtual users (default: ${defaults.users}); with --rate the most connections`,
      wholeNumber(1, 10_000),
    )
    .option('--rate <rate>', 'open model: requests a second, as 200/s', amount(parseRatePerSecond))
    .option('--duration <time>', `how long, as 90s or 2m (default: ${defaults.duration})`, amount(parseSomeTime))
    .addOption(choiceOption('--shape <name>', 'how the load changes over time (default: fixed)', profileNames))
    .option('--ramp <time|share>', 'how long each rise or fall takes, as 30s or 20%', amount(parseStretch))
    .option('--base <n|share>', 'load before and after the highest, as 5 or 20%', amount(parseBase))
    .option('--hold <time|share>', 'how long the highest load lasts', amount(parseStretch))
    .addOption(choiceOption('--operation <name>', 'what to send (default: echo)', operations))
    .option('--request <route>', 'for a service of your own: what to send, such as "GET /notes/1"', amount(parseRoute))
    .option('--payload <json>', 'its payload or body; JSON with variables, @FILE or -')
    .option('--scenario <file>', 'several requests: a scenario file or a Postman collection')
    .option('--data <file>', 'CSV file whose rows fill {{column}}, one row for each pass through the requests')
    .option('--request-timeout <time>', 'give up a request after this long (default: 30s)', amount(parseSomeTime));
}

function stage(text: string, before: Stage[] = []): Stage[] {
  const [, time = '', amountText = ''] = /^(.+):(\d{1,5})$/.exec(text) ?? [];
  if (time === '') throw new InvalidArgumentError(`"${text.slice(0, 100)}" must be a time and a number, as 30s:10`);
  return [...before, { ms: amount(parseDurationMs)(time), amount: Number(amountText) }];
}

function parseSomeTime(text: string): number {
  const ms = parseDurationMs(text);
  if (ms > longestRunMs) throw new RangeError(`"${text}" is more than 20 days.`);
  if (ms >= 1) return ms;
  throw new RangeError(`"${text}" is too short to send anything.`);
}

function parseRoute(text: string): string {
  if (/^[A-Za-z]+ \/[^\s#]*$/.test(text)) return text;
  throw new RangeError(`It must be a method and a path, such as "GET /notes".`);
}

/** X-Ray's service graph covers no longer time. */
const longestMapMs = 6 * 3_600_000;

function parseMapStretch(text: string): number {
  const ms = parseDurationMs(text);
  if (ms <= longestMapMs) return ms;
  throw new RangeError(`"${text}" is more than the 6 hours for which X-Ray makes a map.`);
}

function parseSizes(text: string): number[] {
  return text.split(',').map((part) => {
    const size = Number(part);
    if (/^\d+$/.test(part) && size >= 128 && size <= 10_240) return size;
    throw new RangeError(`"${part}" is not a size from 128 to 10240 MB.`);
  });
}

function parseArchitectures(text: string): ('arm64' | 'x86_64')[] {
  return text.split(',').map((part) => {
    if (part === 'arm64' || part === 'x86_64') return part;
    throw new RangeError(`"${part}" is neither arm64 nor x86_64.`);
  });
}
