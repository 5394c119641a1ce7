import fc from 'fast-check';
import { zipSync } from 'fflate';
import type { Service } from '../../src/local/service.ts';
import type { Catalog } from '../../src/local/wire/catalog.ts';
import { breakBytes, type Mutant, mutate, pick, type Random, randomFrom, seeds } from './mutants.ts';
import { arbitraryOf } from './wire/arbitrary.ts';

/** Calls to AWS's APIs: valid ones, as the SDK writes them, then made wrong. */

/** Values that lead to resources which exist, by the name of the member that takes them. */
export type Known = Record<string, (random: Random) => unknown>;

interface SdkRequest {
  method: string;
  path: string;
  query?: Record<string, string | string[] | null>;
  headers: Record<string, string>;
  body?: unknown;
}

/** Lets an SDK client write the request, and takes it instead of a server. */
function sdkWriter(service: Service): { write(operation: string, input: object): Promise<SdkRequest | undefined> } {
  const Client = Object.entries(service.sdk).find(
    ([name, value]) => /Client$/.test(name) && !name.startsWith('__') && typeof value === 'function',
  )?.[1] as new (
    config: object,
  ) => { send(command: object): Promise<unknown> };
  let written: SdkRequest | undefined;
  const client = new Client({
    region: 'us-east-1',
    credentials: { accessKeyId: 'AKIA', secretAccessKey: 'secret' },
    maxAttempts: 1,
    requestHandler: {
      handle(request: SdkRequest) {
        written = request;
        return Promise.reject(new Error('taken'));
      },
    },
  });
  return {
    async write(operation, input) {
      written = undefined;
      const Command = service.sdk[`${operation}Command`] as new (input: object) => object;
      // What the SDK itself refuses is not sent.
      await client.send(new Command(input)).catch(() => undefined);
      return written;
    },
  };
}

/** Enumerations of the service, by the names of the members that are likely to take them. */
function enumerated(service: Service, name: string): string[] | undefined {
  const capital = `${name[0]?.toUpperCase()}${name.slice(1)}`;
  for (const candidate of [capital, `${capital}Type`, capital.replace(/s$/, ''), `${capital.replace(/s$/, '')}Type`]) {
    const values = Object.hasOwn(service.sdk, candidate) ? service.sdk[candidate] : undefined;
    if (typeof values !== 'object' || values === null || Array.isArray(values)) continue;
    const texts = Object.values(values).filter((value) => typeof value === 'string');
    if (texts.length > 0) return texts;
  }
  return undefined;
}

/** Puts what exists, and what enumerations allow, into most of the members that can take it. */
function fill(value: unknown, options: { service: Service; known: Known; random: Random }): unknown {
  const { service, known, random } = options;
  if (Array.isArray(value)) return value.map((item) => fill(item, options));
  if (typeof value !== 'object' || value === null || value instanceof Uint8Array || value instanceof Date) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => {
      if (random() < 0.1) return [name, member];
      const existing = Object.hasOwn(known, name) ? known[name] : undefined;
      if (existing) return [name, existing(random)];
      const allowed = enumerated(service, name);
      if (allowed && typeof member === 'string') return [name, pick(random, allowed)];
      if (allowed && Array.isArray(member)) return [name, member.map(() => pick(random, allowed))];
      return [name, fill(member, options)];
    }),
  );
}

const bombFile = Buffer.alloc(4 * 1024 * 1024);

/** A zip that is good, broken, large when unpacked, or reaches outside of its folder. */
export function anyZip(random: Random): Uint8Array {
  const good = Buffer.from(zipSync({ 'index.js': Buffer.from('exports.handler = async (event) => event;') }));
  return pick<() => Uint8Array>(random, [
    () => good,
    () => breakBytes(good, random),
    () => good.subarray(0, Math.floor(random() * good.length)),
    () => zipSync({ [pick(random, ['../../slip.js', '/etc/slip', 'a/../../slip', '..\\slip', 'a\0b'])]: good }),
    () => zipSync({ a: good, 'a/b': good }),
    () => zipSync({ ['x'.repeat(300)]: good }),
    () => claiming(zipSync({ 'index.js': good }), 0xfffffff0),
    () => zipSync({ 'bomb.js': bombFile }),
    () => Buffer.from('PK\x05\x06'),
    () => new Uint8Array(0),
  ])();
}

/** A zip whose directory says that its first file is that large. */
function claiming(zip: Uint8Array, size: number): Uint8Array {
  const bytes = Buffer.from(zip);
  const entry = bytes.indexOf('PK\x01\x02', 0, 'latin1');
  bytes.writeUInt32LE(size, entry + 24);
  return bytes;
}

/** Destroying what the other requests lean on would only make them shallow. */
const destroys =
  /^(Admin)?Delete(User|UserPool|UserPoolClient|UserPoolDomain|Table|Function|Role|RestApi|LogGroup|LogStream|Stage|Resource|Authorizer|Method|Deployment|Group|Integration)$/;

/** `count` mutants of each operation of a service. */
export async function apiMutants(
  catalog: Catalog,
  options: { seed: number; count: number; known: Known; unsigned: boolean },
): Promise<Mutant[]> {
  const { service } = catalog;
  const { seed, count, known, unsigned } = options;
  const writer = sdkWriter(service);
  const mutants: Mutant[] = [];
  for (const [operation, { input }] of catalog.operations) {
    const isPublic = service.constraints.unsigned.includes(operation) ?? false;
    if (unsigned && !isPublic) continue;
    const valid = input.isStructSchema() ? arbitraryOf(input) : fc.constant({});
    // One more than is needed: the SDK refuses some.
    for (const [made, own] of fc.sample(fc.tuple(valid, seeds), { seed, numRuns: count })) {
      const random = randomFrom(own);
      const given = fill(made, { service, known: destroys.test(operation) ? {} : known, random });
      const request = await writer.write(operation, given as object);
      if (!request) continue;
      const mutant = fromSdk(request, { service, operation, unsigned });
      mutants.push(random() < 0.08 ? mutant : mutate(mutant, random));
    }
  }
  return mutants;
}

function fromSdk(request: SdkRequest, what: { service: Service; operation: string; unsigned: boolean }): Mutant {
  const kept = ['content-type', 'x-amz-target', 'x-amz-invocation-type', 'x-amz-log-type', 'x-amz-client-context'];
  const query = Object.entries(request.query ?? {}).flatMap(([name, value]) =>
    [value ?? ''].flat().map((item) => `${encodeURIComponent(name)}=${encodeURIComponent(item)}`),
  );
  return {
    about: `${what.service.signingName} ${what.operation}`,
    method: request.method,
    path: request.path,
    query: query.join('&'),
    headers: Object.fromEntries(Object.entries(request.headers).filter(([name]) => kept.includes(name.toLowerCase()))),
    body: request.body === undefined ? Buffer.alloc(0) : Buffer.from(request.body as string | Uint8Array),
    service: what.unsigned ? undefined : what.service.signingName,
  };
}
