import type { Command } from 'commander';
import { formats } from '../commands/table/formats.ts';
import { choiceOption } from './choice.ts';
import { type Act, examples, wholeNumber } from './declare.ts';

const tableOption = [
  '--table <name>',
  'a table of the service, or the name of any other (default: the first)',
] as const;
const whereOption = [
  '--where <expression>',
  `only items that match, as 'age >= 18 AND begins_with(name, "A")'`,
] as const;
const formatOption = () =>
  choiceOption(
    '--format <name>',
    "jsonl (DynamoDB's JSON, one item a line) or csv (default: by the file's extension)",
    formats,
  );

/** table items, export and import: what is in a table, past the API. */
export function declareTableData(group: Command, act: Act): void {
  group
    .command('items')
    .description("Shows the table's items, read directly, not through the API, in DynamoDB's JSON: one a line.")
    .option('--limit <n>', 'at most this many (default: 100)', wholeNumber(1, 1_000_000))
    .option(...whereOption)
    .option(...tableOption)
    .addHelpText(
      'after',
      examples(['dynops table items', 'the first hundred'], [`dynops table items --where 'born < 1900'`, 'only some']),
    )
    .action(act(async () => (await import('../commands/table/items.ts')).tableItems));

  group
    .command('export')
    .summary('write every item into a file, or to stdout')
    .description(
      'Writes every item into a file, or to stdout, at a rate that does not throttle a provisioned table.\n' +
        'After an interruption, the same command continues. In CSV, each column is an attribute with its type: id:S,born:N.',
    )
    .option('--out <file>', 'the file (default: stdout)')
    .addOption(formatOption())
    .option(...whereOption)
    .option(...tableOption)
    .addHelpText(
      'after',
      examples(
        ['dynops table export --out items.jsonl', 'everything, without loss'],
        ['dynops table export --out items.csv', 'for a spreadsheet'],
        ['dynops table export | gzip > items.jsonl.gz', 'to another program'],
      ),
    )
    .action(act(async () => (await import('../commands/table/export.ts')).tableExport));

  group
    .command('import')
    .summary('put every item of a file into the table')
    .description(
      'Puts every item of a file into the table, replacing items with the same key. The whole file is checked first.\n' +
        'After an interruption, the same command continues.',
    )
    .argument('<file>', 'JSON lines or CSV, as `table export` writes them; - for stdin')
    .addOption(formatOption())
    .option('--verify', 'read back what was written, and count it')
    .option(...tableOption)
    .addHelpText(
      'after',
      examples(
        ['dynops table import items.jsonl --verify', 'and check that all of it is there'],
        ['dynops table export --stack a | dynops table import - --stack b', 'from one stack to another'],
      ),
    )
    .action(act(async () => (await import('../commands/table/import.ts')).tableImport));
}
