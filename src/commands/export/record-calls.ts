import { connect } from '../../aws/aws.ts';
import type { ChangingCall } from '../../aws/watched.ts';
import { withScratchEngine } from '../../endpoint/scratch-engine.ts';
import { localAccount } from '../../home/stack-files.ts';
import type { Context } from '../../session/command.ts';
import type { Service, ServiceFunction } from '../../stack/service.ts';
import { up } from '../../stack/stack.ts';
import type { StackFacts } from './stack-facts.ts';

/** The changing calls that make one resource, in order. */
export interface RecordedResource {
  type: string;
  name: string;
  calls: ChangingCall[];
}

/** Placeholder for what must not be written down. */
export const passwordMark = 'the-password';

/** A text of which a part is a shell variable's value, told from all other texts by characters of no language. */
export const variableMark = (name: string) => `\uE000${name}\uE001`;

/** Referenced values are not written down: the script takes them from variables of the same names. */
function withoutSecrets(service: Service): Service {
  const masked = ({ environment }: ServiceFunction) =>
    Object.entries(environment).map(([name, { value, secret }]) => [
      name,
      { value: secret ? variableMark(name) : value, secret },
    ]);
  return {
    ...service,
    functions: service.functions.map((one) => ({ ...one, environment: Object.fromEntries(masked(one)) })),
  };
}

/**
 * The calls by which `up` creates the stack from nothing, recorded from an `up` on an engine of its own, in an
 * order that they can be made in. Account, partition and domain are those of the stack's own place.
 */
export async function recordCalls(
  context: Context,
  facts: StackFacts,
): Promise<{ resources: RecordedResource[]; apiPath: string }> {
  const { env, signal } = context;
  const { place, stack, settings, service, code } = facts;
  return withScratchEngine({ env, region: place.region }, async (target) => {
    const aws = await connect({ target, signal });
    const made = new Map<string, ChangingCall[]>();
    const report = await up(aws, {
      settings: { ...settings, stack },
      service: withoutSecrets(service),
      code,
      signal,
      adopt: false,
      replace: [],
      password: async () => passwordMark,
      onEvent(event) {
        if (event.kind !== 'called') return;
        const key = `${event.type} ${event.name}`;
        made.set(key, [...(made.get(key) ?? []), event.call]);
      },
    });
    const [, apiPath = ''] = /execute-api\/[^/]+(\/.*)$/.exec(report.apiUrl ?? '') ?? [];
    const domain = report.resources.find(({ type }) => type === 'domain')?.name ?? '';
    const here = (text: string) =>
      text
        .replaceAll(localAccount, place.accountId)
        .replaceAll('arn:aws:', `arn:${place.partition}:`)
        .replaceAll(domain, facts.domainPrefix);
    const resources = report.resources.map(({ type, name }) => {
      const key = `${type} ${name}`;
      const calls = made.get(key) ?? [];
      // Each function's permission is called the same: the first takes the calls of all.
      made.delete(key);
      return {
        type,
        name: here(name),
        calls: calls.map((call) => ({
          ...call,
          input: mapTexts(call.input, here) as object,
          output: mapTexts(call.output, here) as object,
        })),
      };
    });
    return { resources, apiPath };
  });
}

/** The same value with each text in it replaced; bytes are left as they are. */
export function mapTexts(value: unknown, replace: (text: string) => string): unknown {
  if (typeof value === 'string') return replace(value);
  if (Array.isArray(value)) return value.map((item) => mapTexts(item, replace));
  if (typeof value !== 'object' || value === null || value instanceof Uint8Array || value instanceof Date) return value;
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, mapTexts(member, replace)]));
}
