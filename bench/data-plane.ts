import { dynops, withStack } from './dynops.ts';
import type { Load } from './keep-alive.ts';
import { type Figure, median, ms, ratio } from './measure.ts';
import { treeMegabytes } from './processes.ts';
import { load, oneByOneMs, type Target } from './requests.ts';
import { benchServerlessOffline } from './serverless-offline.ts';
import { withServer } from './with-server.ts';

const connections = 16;
const seconds = 4;
const turns = 3;
const ids = Array.from({ length: 64 }, (_, index) => `item-${index}`);
const onTable = (operation: string, payload: object) =>
  JSON.stringify({ operation, tableName: 'lambda-apigateway', payload });

/** What each request sends; those to the table are of several items, as those of several users are. */
const operations = {
  echo: [JSON.stringify({ operation: 'echo', payload: { hello: 'world' } })],
  create: ids.map((id) => onTable('create', { Item: { id, name: 'Ada', born: 1815 } })),
  read: ids.map((id) => onTable('read', { Key: { id } })),
};
type Operation = keyof typeof operations;
const names = ['echo', 'create', 'read'] as const satisfies Operation[];

/** Gateway, authorizer, function and table, against a server that does nothing but hand requests to a process and back. */
export async function benchDataPlane(home: string): Promise<Figure[]> {
  return withServer('hop-server.ts', (hopUrl) =>
    withStack(home, async (url, token) => {
      const headers = { Authorization: token, 'Content-Type': 'application/json' };
      const target = (operation: Operation): Target => ({
        url,
        requests: operations[operation].map((body) => ({ headers, body })),
      });
      const hop: Target = { ...target('echo'), url: hopUrl };
      const engine = JSON.parse((await dynops(home, 'local', 'status', '--json')).stdout) as { pid: number };
      await load(target('create'), connections, 1);
      const idle = await treeMegabytes(engine.pid);

      const times: Record<Operation | 'hop', number[]> = { echo: [], create: [], read: [], hop: [] };
      const loads: Record<Operation | 'hop', Load[]> = { echo: [], create: [], read: [], hop: [] };
      for (let turn = 0; turn < turns; turn += 1) {
        times.hop.push(await oneByOneMs(hop, 500));
        loads.hop.push(await load(hop, connections, seconds));
        for (const name of names) {
          times[name].push(await oneByOneMs(target(name), 500));
          loads[name].push(await load(target(name), connections, seconds));
        }
      }
      const after = await treeMegabytes(engine.pid);

      const perSecond = (name: Operation | 'hop') => median(loads[name].map((one) => one.perSecond));
      const p99Ms = (name: Operation | 'hop') => median(loads[name].map((one) => one.p99Ms));
      const against = (name: Operation): Operation | 'hop' => (name === 'echo' ? 'hop' : 'echo');
      const label = (name: Operation | 'hop') => (name === 'hop' ? 'server → process → back' : name);
      return [
        ...names.map((name) => ({
          what: `${name} through the API, 1 connection`,
          value: ms(median(times[name])),
          baseline: `${label(against(name))}: ${ms(median(times[against(name)]))}`,
          ratio: ratio(median(times[name]), median(times[against(name)])),
        })),
        ...names.map((name) => ({
          what: `${name} through the API, ${connections} connections`,
          value: `${Math.round(perSecond(name))} req/s, p99 ${ms(p99Ms(name))}`,
          baseline: `${label(against(name))}: ${Math.round(perSecond(against(name)))} req/s, p99 ${ms(p99Ms(against(name)))}`,
          ratio: ratio(perSecond(name), perSecond(against(name))),
        })),
        await benchServerlessOffline(home, { connections, seconds, perSecond: perSecond('echo') }),
        {
          what: 'memory after that load',
          value: `${Math.round(after.megabytes)} MB, ${after.count} processes`,
          baseline: `before it: ${Math.round(idle.megabytes)} MB, ${idle.count} processes`,
          ratio: ratio(after.megabytes, idle.megabytes),
        },
      ];
    }),
  );
}
