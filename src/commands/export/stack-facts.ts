import type { Context } from '../../session/command.ts';
import { stackSettings } from '../../session/stack-settings.ts';
import { loopbackCallbacks, type Place } from '../../stack/desired.ts';
import { domainPrefixOf } from '../../stack/graph.ts';
import type { StackNames } from '../../stack/names.ts';
import { readAll } from '../../stack/pipeline.ts';
import { type SettingValues, stackTags } from '../../stack/settings.ts';
import { begin } from '../../stack/stack.ts';
import type { ResourceType } from '../../stack/types.ts';

/** Everything about a stack that another tool needs to make the same. */
export interface StackFacts {
  stack: string;
  place: Place;
  names: StackNames;
  settings: SettingValues;
  domainPrefix: string;
  callbackUrls: string[];
  tags(type: ResourceType): Record<string, string>;
}

/** As the settings say, and as what stands remembers of earlier ones. Makes no mutating call. */
export async function stackFacts(context: Context): Promise<StackFacts> {
  const [aws, asked] = await Promise.all([context.aws(), stackSettings(context, {})]);
  const run = begin(aws, { settings: asked, signal: context.signal, onEvent: () => undefined });
  await readAll(run);
  const settings = run.known.settings();
  const { place, names, stack } = run.known;
  return {
    stack,
    place: { partition: place.partition, region: place.region, accountId: place.accountId },
    names,
    settings,
    domainPrefix: domainPrefixOf(run.known),
    callbackUrls: [...new Set([...settings.callbackUrls, ...loopbackCallbacks])],
    tags: (type) => stackTags(type, stack, settings),
  };
}
