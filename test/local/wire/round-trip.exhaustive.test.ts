import { Readable } from 'node:stream';
import { HttpResponse } from '@smithy/core/protocols';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Engine } from '../../../src/local/engine.ts';
import { AwsError, type Call, type Service } from '../../../src/local/service.ts';
import { findCatalog, servedServices } from '../../../src/local/services.ts';
import { buildCatalog, type Catalog } from '../../../src/local/wire/catalog.ts';
import { dispatch } from '../../../src/local/wire/dispatch.ts';
import { readJson, writeJson } from '../../../src/local/wire/json-shapes.ts';
import { arbitraryOf, requiredMembers } from './arbitrary.ts';

/** The parts of an SDK HTTP request that matter here. */
interface SdkRequest {
  method: string;
  path: string;
  query?: Record<string, string | string[]>;
  headers: Record<string, string>;
  body?: unknown;
}
interface SdkClient {
  send(command: object): Promise<Record<string, unknown>>;
  destroy(): void;
}

const runs = { numRuns: 12 };

/** An SDK client whose requests go straight into our codec, with one operation in place of the service's own. */
async function direct(
  catalog: Catalog,
  operation: (input: Record<string, unknown>) => unknown,
): Promise<{ client: SdkClient }> {
  // What arrives and returns is looked at, not what an operation makes of it.
  const { around: _, validation: __, ...service } = catalog.service;
  const operations = Object.fromEntries(Object.keys(service.operations).map((name) => [name, operation]));
  const replaced = buildCatalog({ ...service, operations: operations as Service['operations'] });
  const engine = {
    simulation: { beforeCall: async () => undefined },
    log: (line: string) => process.stderr.write(line),
  };
  const call = {
    engine: engine as unknown as Engine,
    region: 'us-east-1',
    requestId: 'request-1',
    principal: { kind: 'anonymous' },
  };
  const requestHandler = {
    async handle(request: SdkRequest) {
      const answer = await dispatch(replaced, await wireRequest(request), call as Call);
      const headers = Object.fromEntries(answer.headers.map(([name, value]) => [name.toLowerCase(), value]));
      const body = Readable.from([Buffer.from(answer.body)]);
      return { response: new HttpResponse({ statusCode: answer.status, headers, body }) };
    },
  };
  const Client = Object.entries(service.sdk).find(
    ([name, value]) => /Client$/.test(name) && !name.startsWith('__') && typeof value === 'function',
  )?.[1] as new (
    config: object,
  ) => SdkClient;
  const credentials = { accessKeyId: 'AKIA', secretAccessKey: 'secret' };
  return { client: new Client({ region: 'us-east-1', credentials, requestHandler, maxAttempts: 1 }) };
}

async function wireRequest(request: SdkRequest) {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(request.query ?? {})) {
    for (const item of [value].flat()) query.append(name, item);
  }
  const body = request.body === undefined ? Buffer.alloc(0) : Buffer.from(request.body as string | Uint8Array);
  return { method: request.method, path: request.path, query, headers: request.headers, body };
}

function commandFor(service: Service, operation: string, input: object): object {
  const Command = service.sdk[`${operation}Command`] as new (input: object) => object;
  return new Command(input);
}

/** Blobs become lists of numbers, so that a Buffer and a Uint8Array of the same bytes are equal. */
function plain(value: unknown): unknown {
  if (value instanceof Uint8Array) return [...value];
  if (value instanceof Date) return value.toISOString();
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).filter(([name, member]) => member !== undefined && name !== '$metadata');
  return Object.fromEntries(entries.map(([name, member]) => [name, plain(member)]));
}

for (const name of servedServices) {
  const catalog = await findCatalog(undefined, name);
  if (!catalog) throw new Error(`${name} is not served`);
  const { service } = catalog;

  describe(name, () => {
    it.each([...catalog.operations.keys()])('%s: input arrives, output returns', async (operation) => {
      const shapes = catalog.operations.get(operation);
      if (!shapes) throw new Error(operation);
      const place = service.protocol === 'query' ? 'form' : 'body';
      const inputs = shapes.input.isStructSchema() ? arbitraryOf(shapes.input, place) : fc.constant({});
      const outputs = shapes.output.isStructSchema() ? arbitraryOf(shapes.output) : fc.constant({});
      await fc.assert(
        fc.asyncProperty(inputs, outputs, async (input, output) => {
          let arrived: unknown;
          const { client } = await direct(catalog, (received) => {
            arrived = service.rawJson ? readJson(shapes.input, received) : received;
            return service.rawJson ? writeJson(shapes.output, output) : output;
          });
          const answer = await client.send(commandFor(service, operation, input as object));
          client.destroy();
          const payload = await readPayload(answer);
          expect(plain(arrived)).toMatchObject(plain(input) as object);
          expect(plain(payload)).toMatchObject(plain(output) as object);
        }),
        runs,
      );
    });

    const errors = Object.keys(service.sdk)
      .filter((key) => catalog.errors.has(key.replace(/\$$/, '')) && key.endsWith('$'))
      .map((key) => key.replace(/\$$/, ''));

    it('every modelled error reaches the SDK by its name, with the request id', async () => {
      expect(errors.length).toBeGreaterThan(0);
      const operation = [...catalog.operations.entries()].find(
        ([, { input }]) => requiredMembers(input).length === 0,
      )?.[0];
      const [first = ''] = catalog.operations.keys();
      for (const code of errors) {
        const { client } = await direct(catalog, () => {
          throw new AwsError(code, 'what went wrong');
        });
        const chosen = operation ?? first;
        const shapes = catalog.operations.get(chosen);
        const [input] = shapes?.input.isStructSchema() ? fc.sample(arbitraryOf(shapes.input), 1) : [{}];
        const error = await client
          .send(commandFor(service, chosen, input as object))
          .catch((thrown: unknown) => thrown);
        client.destroy();
        const {
          name: named,
          message,
          $metadata,
        } = error as { name: string; message: string; $metadata: { requestId: string } };
        expect({ named, message, id: $metadata?.requestId }).toEqual({
          named: code,
          message: 'what went wrong',
          id: 'request-1',
        });
      }
    });
  });
}

/** Streamed payloads are read to their bytes. */
async function readPayload(answer: Record<string, unknown>): Promise<Record<string, unknown>> {
  const entries = await Promise.all(
    Object.entries(answer).map(async ([name, value]) => {
      const stream = value as { transformToByteArray?: () => Promise<Uint8Array> } | undefined;
      const isStream = typeof value === 'object' && typeof stream?.transformToByteArray === 'function';
      return [name, isStream && !(value instanceof Uint8Array) ? await stream?.transformToByteArray?.() : value];
    }),
  );
  return Object.fromEntries(entries);
}
