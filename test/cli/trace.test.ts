import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { call, type Installation, install, until } from './dynops.ts';
import { noTerminal, onTerminal } from './terminal.ts';

let dynops: Installation;

beforeAll(async () => {
  dynops = await install();
  // As slow as AWS, fifty times as fast: a trace can be read 200 ms after its request.
  await dynops.json(['local', 'start', '--aws-like', '0.02']);
  await dynops.json(['up']);
});

afterAll(() => dynops.remove());

interface Shown {
  traceId: string;
  spans: { component: string; detail: string }[];
}

interface Event {
  kind: string;
  report?: { traceId?: string };
}

describe('trace', () => {
  it('says why there is none: tracing is off', async () => {
    const { status, stdout } = await dynops.run(['trace', 'show', '--json']);
    expect(status).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({
      error: { code: 'NoTrace', hint: expect.stringContaining('dynops trace on') },
    });
  });

  it('says that requests may not have been sampled', async () => {
    const { reasons } = await dynops.json<{ reasons: string[] }>(['trace', 'list']);
    expect(reasons).toContainEqual(expect.stringContaining('first request of each second'));
  });

  it('on, call, show: waits for what was recorded only just now', async () => {
    const on = await dynops.run(['trace', 'on']);
    expect(on.stderr).toMatch(
      /^Switching on the tracing of stack "default" in .*\n(( {2}waiting .*\n)*✔ updated .*\n){2}$/,
    );
    expect(on.stdout).toBe('Tracing is on. Call the API, then run `dynops trace list`.\n');
    await call(dynops, 'create', '--item', '{"id":"1"}');
    const report = join(dynops.home, 'trace.html');
    const shown = await dynops.json<Shown>(['trace', 'show', '--report', report]);
    expect(shown.spans).toContainEqual(
      expect.objectContaining({ component: 'DynamoDB PutItem', detail: 'lambda-apigateway' }),
    );
    expect(await readFile(report, 'utf8')).toContain(shown.traceId);
    // A later request's may be missing, which is said.
    expect((await dynops.run(['trace', 'show'])).stderr).toContain('indexed');
    expect((await dynops.run(['trace', 'show', shown.traceId])).stderr).toBe('');

    const { stdout } = await dynops.run(['logs', '--since', '1m']);
    expect(stdout).toContain(`dynops trace show ${shown.traceId}`);
    const lines = stdout.trimEnd().split('\n');
    expect(lines.length).toBeGreaterThan(2);
    expect(lines.every((line) => /^\d\d:\d\d:\d\d\.\d{3}Z {2}/.test(line))).toBe(true);
    // Of those that are shown, so START and END do not count.
    const latest = await dynops.run(['logs', '--since', '1m', '--limit', '2']);
    expect(latest.stdout).toBe(`${lines.slice(-2).join('\n')}\n`);
    const { events } = await dynops.json<{ events: Event[] }>(['logs', '--since', '1m', '--limit', '1']);
    expect(events).toHaveLength(1);
  });

  it('off: what was recorded stays readable, nothing is added', async () => {
    const traces = async () => (await dynops.json<{ traces: unknown[] }>(['trace', 'list'])).traces.length;
    const reports = async () => {
      const { events } = await dynops.json<{ events: Event[] }>(['logs', '--since', '1h']);
      return events.flatMap(({ kind, report }) => (kind === 'report' && report ? [report] : []));
    };
    const [tracesBefore, reportsBefore] = [await traces(), await reports()];
    expect(reportsBefore.at(-1)?.traceId).toBeDefined();
    await dynops.json(['trace', 'off']);
    await call(dynops, 'ping');
    await until(async () => (await reports()).length > reportsBefore.length);
    expect((await reports()).at(-1)?.traceId).toBeUndefined();
    expect(await traces()).toBe(tracesBefore);
  });

  it.skipIf(noTerminal !== '').each([40, 80, 120])(
    `what was measured fits a terminal of %i columns${noTerminal}`,
    async (columns) => {
      const tuned = ['tune', '--memory', '128,1024', '--duration', '5s', '--users', '1', '--operation', 'ping'];
      const loaded = ['load', '--duration', '1s', '--users', '1', '--operation', 'ping', '--max-p95', '30s', '--quiet'];
      const shown: Record<string, string[]> = {};
      for (const words of [
        ['trace', 'list'],
        ['trace', 'map'],
        ['list'],
        ['user', 'list'],
        loaded,
        // The other widths are tried in test/ui.
        ...(columns === 40 ? [[...tuned, '--quiet']] : []),
      ]) {
        const { lines, status } = await onTerminal(dynops, words, { columns });
        expect(status, words.join(' ')).toBe(0);
        shown[words[0] === 'trace' ? words.join(' ') : (words[0] ?? '')] = lines;
        // An address is there to be copied.
        const own = lines.filter((line) => !line.includes('http://'));
        expect(Math.max(...own.map((line) => line.length)), words.join(' ')).toBeLessThanOrEqual(columns);
      }
      const text = (of: string) => shown[of]?.join('\n') ?? '';
      expect(text('trace list')).toMatch(/^TIME \(UTC\) .*\n[\d:.]{12} .* ok(\n)? +1-[\da-f]{8}-[\da-f]{24}$/m);
      expect(text('trace map')).toMatch(/→ Lambda/);
      expect(text('load')).toMatch(/^threshold +p95 at/m);
      if (columns === 40) expect(text('tune')).toMatch(/MEMORY[\s\S]* API p95/);
    },
  );
});
