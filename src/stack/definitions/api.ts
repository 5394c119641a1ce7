import { type ActualApi, type DesiredApi, restApi } from '../../aws/rest-api.ts';
import { apiNameIn } from '../names.ts';
import { type Node, type NodeId, node } from '../node.ts';
import type { Service } from '../service.ts';

export const apiId: NodeId<ActualApi> = 'api';

/** The REST API with the paths of its routes. */
export function api(service: Service): Node {
  return node<DesiredApi, ActualApi>({
    id: apiId,
    type: 'api',
    name: ({ stack }) => apiNameIn(stack),
    key: (known) => ({
      name: apiNameIn(known.stack),
      paths: [...new Set(service.routes.map(({ path }) => path))],
      formerPaths: known.formerPaths(),
      tags: known.tags('api'),
      adopt: known.adopt,
    }),
    resource: restApi,
    consoleStep: 'API Gateway → Create API → REST API → Build: Regional; then Create resource: DynamoDBManager',
  });
}
