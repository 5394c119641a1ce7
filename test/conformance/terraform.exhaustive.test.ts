import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, request as forward } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { zipSync } from 'fflate';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startEngine } from '../start-engine.ts';
import { startTerraform, type Terraform, withoutTerraform } from '../terraform.ts';

interface Watch {
  endpoint: string;
  /** Requests that were answered with "not served". Terraform's provider passes over some such answers in silence. */
  unserved: string[];
  close(): Promise<void>;
}

/** A loopback proxy in front of the engine. */
async function startWatch(upstream: string): Promise<Watch> {
  const unserved: string[] = [];
  const server = createServer((incoming, outgoing) => {
    const { method = 'GET', url = '/', headers } = incoming;
    const onward = forward(new URL(url, upstream), { method, headers }, async (response) => {
      const body = Buffer.concat(await response.toArray());
      if (/UnknownOperationException|InvalidAction/.test(`${response.headers['x-amzn-errortype']} ${body}`)) {
        unserved.push(`${method} ${url} ${headers['x-amz-target'] ?? ''} ${body}`);
      }
      outgoing.writeHead(response.statusCode ?? 502, response.rawHeaders).end(body);
    });
    incoming.pipe(onward);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    endpoint: `http://127.0.0.1:${port}`,
    unserved,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

describe.skipIf(withoutTerraform !== '')(`Terraform's AWS provider against the engine${withoutTerraform}`, () => {
  let engine: Awaited<ReturnType<typeof startEngine>>;
  let watch: Watch;
  let folder: string;
  let tool: Terraform;

  beforeAll(async () => {
    engine = await startEngine();
    watch = await startWatch(engine.endpoint);
    folder = await mkdtemp(join(tmpdir(), 'dynops-terraform-'));
    for (const each of ['stack', 'tables']) {
      await cp(new URL(`./${each}.tf`, import.meta.url), join(folder, each, `${each}.tf`));
    }
    const source = 'exports.handler = async (event) => ({ greeting: process.env.GREETING, event });';
    await writeFile(
      join(folder, 'stack', 'code.zip'),
      zipSync({ 'index.js': Buffer.from(source) }, { mtime: '2020-01-01' }),
    );
    const env = {
      PATH: process.env.PATH ?? '',
      HOME: folder,
      AWS_ACCESS_KEY_ID: engine.credentials.accessKeyId,
      AWS_SECRET_ACCESS_KEY: engine.credentials.secretAccessKey,
    };
    tool = await startTerraform({ cwd: join(folder, 'stack'), env });
    for (const each of ['stack', 'tables']) await tool.init(join(folder, each));
  });

  afterAll(async () => {
    await tool?.stop();
    await watch?.close();
    await engine?.stop();
    if (folder) await rm(folder, { recursive: true, force: true });
  });

  /** Runs terraform in a folder of its own; `code` is its exit status. */
  const terraformIn =
    (name: string) =>
    async (...args: string[]): Promise<{ code: number; output: string }> => {
      try {
        const { stdout } = await tool.run(join(folder, name), args);
        return { code: 0, output: stdout };
      } catch (error) {
        const failed = error as { code: number; stdout: string; stderr: string };
        return { code: failed.code, output: `${failed.stdout}${failed.stderr}` };
      }
    };

  const inputs = (memory: number) => [
    '-input=false',
    `-var=endpoint=${watch.endpoint}`,
    '-var=zip=code.zip',
    `-var=memory=${memory}`,
  ];

  it('makes tables with streams, indexes, bounds and protection, changes all of it, and finds no difference', async () => {
    const terraform = terraformIn('tables');
    const inputs = (changed: boolean) => ['-input=false', `-var=endpoint=${watch.endpoint}`, `-var=changed=${changed}`];
    const streamOf = async () => (await terraform('output', '-raw', 'stream')).output;
    const streams: string[] = [];
    for (const changed of [false, true]) {
      const applied = await terraform('apply', '-auto-approve', ...inputs(changed));
      expect(applied, applied.output).toMatchObject({ code: 0 });
      const again = await terraform('plan', '-detailed-exitcode', ...inputs(changed));
      expect(again, again.output).toMatchObject({ code: 0 });
      streams.push(await streamOf());
      expect(streams.at(-1)).toMatch(/:table\/tf-orders\/stream\/2/);
    }
    // Another view type is another stream.
    expect(streams[1]).not.toBe(streams[0]);
    const destroyed = await terraform('destroy', '-auto-approve', ...inputs(true));
    expect(destroyed, destroyed.output).toMatchObject({ code: 0 });
    expect(watch.unserved).toEqual([]);
  });

  it('creates, updates in place, finds no difference after either, and destroys every resource', async () => {
    const terraform = terraformIn('stack');
    const created = await terraform('apply', '-auto-approve', ...inputs(128));
    expect(created, created.output).toMatchObject({ code: 0 });

    const again = await terraform('plan', '-detailed-exitcode', ...inputs(128));
    expect(again, again.output).toMatchObject({ code: 0 });

    const updated = await terraform('apply', '-auto-approve', ...inputs(256));
    expect(updated, updated.output).toMatchObject({ code: 0 });
    expect(updated.output).toContain('0 added, 8 changed, 0 destroyed');
    const since = await terraform('plan', '-detailed-exitcode', ...inputs(256));
    expect(since, since.output).toMatchObject({ code: 0 });

    const destroyed = await terraform('destroy', '-auto-approve', ...inputs(256));
    expect(destroyed, destroyed.output).toMatchObject({ code: 0 });
    const left = await terraform('state', 'list');
    expect(left.output.trim()).toBe('');
    expect(watch.unserved).toEqual([]);
  });
});
