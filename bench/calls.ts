import { dynops, environment, withStack } from './dynops.ts';
import { beside, type Figure, inTurns, run } from './measure.ts';

/** One call of the API from a shell, with a token that is kept. */
export async function benchCalls(home: string): Promise<Figure[]> {
  return withStack(home, async (apiUrl, token) => {
    const curl = ['-sSf', '-X', 'POST', apiUrl, '-H', `Authorization: ${token}`, '-d', '{"operation":"ping"}'];
    const times = await inTurns(21, {
      node: () => run(process.execPath, ['-e', '0'], environment(home)),
      curl: () => run('curl', curl, environment(home)),
      call: () => dynops(home, 'call', 'ping'),
    });
    return [
      beside('`call ping`', times.call, { name: '`node -e 0`', ms: times.node, asSum: true }),
      beside('the same', times.call, { name: '`curl`', ms: times.curl }),
    ];
  });
}
