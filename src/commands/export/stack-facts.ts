import type { Context } from '../../session/command.ts';
import { stackRequest } from '../../session/service.ts';
import { domainId } from '../../stack/definitions/domain.ts';
import type { Known, Node } from '../../stack/node.ts';
import type { Place } from '../../stack/place.ts';
import { readAll } from '../../stack/read.ts';
import { entryPath, type Service } from '../../stack/service.ts';
import type { SettingValues } from '../../stack/settings.ts';
import { begin } from '../../stack/stack.ts';

/** Everything about a stack that another tool needs to make the same. */
export interface StackFacts {
  stack: string;
  place: Place;
  settings: SettingValues;
  service: Service;
  code: Known['code'];
  graph: readonly Node[];
  /** The resources that exist, among others. */
  known: Known;
  domainPrefix: string;
  entryPath: string;
}

/** As the settings say, and as the existing resources remember earlier ones. Makes no mutating call. */
export async function stackFacts(context: Context): Promise<StackFacts> {
  const [aws, request] = await Promise.all([context.aws(), stackRequest(context, {})]);
  const run = begin(aws, { ...request, signal: context.signal, onEvent: () => undefined });
  await readAll(run);
  const { known, former } = run;
  const { place, stack, settings, service } = known;
  const graph = run.graph.filter((node) => !former.includes(node) && node.wanted?.(known) !== false);
  return {
    stack,
    place: { partition: place.partition, region: place.region, accountId: place.accountId },
    settings: settings(),
    service,
    code: request.code,
    graph,
    known,
    domainPrefix: graph.find(({ id }) => id === domainId)?.name(known) ?? '',
    entryPath: entryPath(service),
  };
}
