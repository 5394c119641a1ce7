import { dynops, environment } from './dynops.ts';
import { beside, type Figure, inTurns, run } from './measure.ts';

/** What every command costs before it does anything. */
export async function benchStart(home: string): Promise<Figure[]> {
  const times = await inTurns(21, {
    node: () => run(process.execPath, ['-e', '0'], environment(home)),
    version: () => dynops(home, '--version'),
    help: () => dynops(home, '--help'),
  });
  const node = { name: '`node -e 0`', ms: times.node };
  return [beside('`dynops --version`', times.version, node), beside('`dynops --help`', times.help, node)];
}
