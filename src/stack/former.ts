import type { Tags } from '../aws/resource.ts';
import { rememberedText, textTags } from '../aws/tag-text.ts';
import type { ResourceType } from '../resource-types.ts';
import { apiId } from './definitions/api.ts';
import { poolId } from './definitions/pool.ts';
import { graphOf } from './graph.ts';
import type { Node, NodeId } from './node.ts';
import { httpMethods, type Route, type Service, tutorialFunction, tutorialService, tutorialTable } from './service.ts';

/**
 * What a stack is made of is remembered in tags, so that what leaves the service is known and can be removed: functions
 * and tables by the user pool, which outlives them, methods by the API that they are inside of. The tutorial's stack,
 * which has no such tags, is known without.
 */
const memories: Partial<Record<ResourceType, { key: string; types: readonly ResourceType[] }>> = {
  pool: { key: 'dynops:parts', types: ['function', 'table'] },
  api: { key: 'dynops:methods', types: ['method', 'gateway-response'] },
};

/** Those of a type of resource, for these nodes. */
export function memoryTags(type: ResourceType, nodes: readonly Node[]): Tags {
  const memory = memories[type];
  if (!memory) return {};
  const text = textOf(memory.types, nodes);
  return text === textOf(memory.types, graphOf(tutorialService)) ? {} : textTags(memory.key, text);
}

/** The same as they are, where a command looks at a part of the stack only. */
export function keptMemory(type: ResourceType, tags: Tags = {}): Tags {
  const memory = memories[type];
  return Object.fromEntries(Object.entries(tags).filter(([key]) => memory && key.startsWith(memory.key)));
}

const textOf = (types: readonly ResourceType[], nodes: readonly Node[]) =>
  nodes
    .filter(({ type }) => types.includes(type))
    .map(({ id }) => id)
    .join(',');

/** The types that can leave a service; the rest a stack has one of, or goes with these. */
const leaving: readonly ResourceType[] = ['role', 'table', 'log-group', 'function', 'method', 'gateway-response'];

/** The nodes that were in the service when it was last brought up, by the tags of what exists, and are no longer. */
export function formerNodes(graph: readonly Node[], tagsOf: (id: NodeId) => Tags | undefined): Node[] {
  const remembered = [tagsOf(poolId), tagsOf(apiId)].flatMap((tags, index) => {
    const memory = [memories.pool, memories.api][index];
    if (!tags || !memory) return [];
    const text = rememberedText(tags, memory.key) ?? textOf(memory.types, graphOf(tutorialService));
    return text.split(',');
  });
  const present = new Set(graph.map(({ id }) => id));
  return graphOf(serviceOf(remembered)).filter(({ id, type }) => leaving.includes(type) && !present.has(id));
}

/** As much of a service as it takes to find its resources. */
function serviceOf(ids: readonly string[]): Service {
  const named = (type: ResourceType) =>
    ids.filter((id) => id.startsWith(`${type}:`)).map((id) => id.slice(type.length + 1));
  return {
    ...tutorialService,
    functions: named('function').map((name) => ({ ...tutorialFunction, name, tables: [] })),
    tables: named('table').map((name) => ({ ...tutorialTable, name })),
    routes: named('method').flatMap(routeOf),
    cors: named('gateway-response').length > 0 ? ['*'] : [],
  };
}

function routeOf(text: string): Route[] {
  const [word, path = ''] = text.split(' ');
  const method = httpMethods.find((one) => one === word);
  return method ? [{ method, path, function: tutorialFunction.name, auth: 'pool', integration: 'direct' }] : [];
}
