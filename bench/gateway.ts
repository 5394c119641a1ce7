import autocannon from 'autocannon';
import { withStack } from './dynops.ts';
import { type Figure, median, ratio } from './measure.ts';
import { withNullServer } from './with-null-server.ts';

const connections = 16;
const seconds = 4;
const body = JSON.stringify({ operation: 'echo', payload: { hello: 'world' } });

/** Gateway, authorizer and function under load, against a server of the same machine that does nothing. */
export async function benchGateway(home: string): Promise<Figure[]> {
  return withNullServer((nullUrl) =>
    withStack(home, async (apiUrl, token) => {
      await load(apiUrl, token, 2);
      const [echo, nothing]: [Load[], Load[]] = [[], []];
      for (let turn = 0; turn < 3; turn += 1) {
        nothing.push(await load(nullUrl, token, seconds));
        echo.push(await load(apiUrl, token, seconds));
      }
      const of = (loads: Load[], name: keyof Load): number => median(loads.map((one) => one[name]));
      return [
        {
          what: `echo through the gateway, ${connections} connections`,
          value: `${Math.round(of(echo, 'perSecond'))} req/s`,
          baseline: `null node server: ${Math.round(of(nothing, 'perSecond'))} req/s`,
          ratio: ratio(of(echo, 'perSecond'), of(nothing, 'perSecond')),
        },
        {
          what: 'its p99',
          value: `${of(echo, 'p99Ms')} ms`,
          baseline: `null node server: ${of(nothing, 'p99Ms')} ms`,
          ratio: '',
        },
      ];
    }),
  );
}

interface Load {
  perSecond: number;
  p99Ms: number;
}

async function load(url: string, token: string, duration: number): Promise<Load> {
  const headers = { Authorization: token, 'Content-Type': 'application/json' };
  const result = await autocannon({ url, method: 'POST', connections, duration, headers, body });
  if (result.non2xx > 0 || result.errors > 0) {
    throw new Error(`${url}: ${result.non2xx} refused and ${result.errors} failed of ${result.requests.total}`);
  }
  return { perSecond: result.requests.average, p99Ms: result.latency.p99 };
}
