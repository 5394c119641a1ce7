import { dynops, environment } from './dynops.ts';
import { compareRuns, type Figure, ms, run } from './measure.ts';

/** What every command costs before it does anything. */
export async function benchStart(home: string): Promise<Figure[]> {
  const [versionMs, nodeMs] = await compareRuns(
    21,
    () => dynops(home, '--version'),
    () => run(process.execPath, ['-e', '0'], environment(home)),
  );
  return [
    {
      what: 'dynops --version',
      value: ms(versionMs),
      baseline: `node -e 0: ${ms(nodeMs)}`,
      ratio: `+${ms(versionMs - nodeMs)}`,
    },
  ];
}
