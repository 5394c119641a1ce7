import { type Command, Option } from 'commander';
import { type Act, examples, wholeNumber } from './declare.ts';

const tableOption = [
  '--table <name>',
  "which table: of the service, or any other's name (default: the first)",
] as const;
const whereOption = [
  '--where <expression>',
  `only items that match, as 'age >= 18 AND begins_with(name, "A")'`,
] as const;
const formatOption = () =>
  new Option(
    '--format <name>',
    "jsonl, DynamoDB's JSON an item a line, or csv (default: as the file's name ends)",
  ).choices(['jsonl', 'csv']);

/** table items, export and import: what is in a table, past the API. */
export function declareTableData(group: Command, act: Act): void {
  group
    .command('items')
    .description("Shows the table's items, read past the API, in DynamoDB's own JSON: one a line.")
    .option('--limit <n>', 'at most so many (default: 100)', wholeNumber(1, 1_000_000))
    .option(...whereOption)
    .option(...tableOption)
    .addHelpText(
      'after',
      examples(['dynops table items', 'the first hundred'], [`dynops table items --where 'born < 1900'`, 'only some']),
    )
    .action(act(async () => (await import('../commands/table/items.ts')).tableItems));

  group
    .command('export')
    .description(
      'Writes every item into a file, or to stdout, at a rate that does not throttle a provisioned table.\n' +
        'Interrupted, the same command goes on. In CSV a column is an attribute with its type: id:S,born:N.',
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
    .description(
      'Puts every item of a file into the table; what has the same key is replaced. The file is checked as a whole first.\n' +
        'Interrupted, the same command goes on.',
    )
    .argument('<file>', 'JSON lines or CSV, as `table export` writes them; - for stdin')
    .addOption(formatOption())
    .option('--verify', 'read back what was written, and count it')
    .option(...tableOption)
    .addHelpText(
      'after',
      examples(
        ['dynops table import items.jsonl --verify', 'and look whether all is there'],
        ['dynops table export --stack a | dynops table import - --stack b', 'from one stack to another'],
      ),
    )
    .action(act(async () => (await import('../commands/table/import.ts')).tableImport));
}
