import { dynops, environment, withStack } from './dynops.ts';
import { compareRuns, type Figure, ms, ratio, run } from './measure.ts';

/** One call of the API from a shell. */
export async function benchCalls(home: string): Promise<Figure[]> {
  return withStack(home, async (apiUrl, token) => {
    const curl = ['-sSf', '-X', 'POST', apiUrl, '-H', `Authorization: ${token}`, '-d', '{"operation":"ping"}'];
    const [callMs, curlMs] = await compareRuns(
      21,
      () => dynops(home, 'call', 'ping'),
      () => run('curl', curl, environment(home)),
    );
    return [{ what: 'call ping', value: ms(callMs), baseline: `curl: ${ms(curlMs)}`, ratio: ratio(callMs, curlMs) }];
  });
}
