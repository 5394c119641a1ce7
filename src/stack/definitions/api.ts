import { type ActualApi, apiDescription, type DesiredApi, restApi } from '../../aws/rest-api.ts';
import { apiNameIn } from '../names.ts';
import { type Node, type NodeId, node, type TerraformExport } from '../node.ts';
import { pathsOf, type Service } from '../service.ts';
import { expression, labelsOf, type TerraformBlock } from '../terraform-blocks.ts';

export const apiId: NodeId<ActualApi> = 'api';

/** The REST API with the paths of its routes. */
export function api(service: Service): Node {
  return node<DesiredApi, ActualApi>({
    id: apiId,
    type: 'api',
    name: ({ stack }) => apiNameIn(stack),
    // API Gateway chooses the ids, so no name narrows these.
    arns: ({ place: { partition, region } }) =>
      ['', '/*'].map((rest) => `arn:${partition}:apigateway:${region}::/restapis${rest}`),
    key: (known) => ({
      name: apiNameIn(known.stack),
      paths: [...new Set(service.routes.map(({ path }) => path))],
      formerPaths: known.formerPaths(),
      tags: known.tags('api'),
      adopt: known.adopt,
    }),
    resource: restApi,
    terraform: terraformOf(service),
    consoleStep: 'API Gateway → Create API → REST API → Build: Regional; then Create resource: DynamoDBManager',
  });
}

const root = 'aws_api_gateway_rest_api.api';

function terraformOf(service: Service): TerraformExport<DesiredApi, ActualApi> {
  const paths = [...new Set(service.routes.flatMap(({ path }) => pathsOf(path)))];
  const labels = labelsOf(paths);
  /** The expression for a path's id. */
  const idOf = (path: string) =>
    expression(path === '/' ? `${root}.root_resource_id` : `aws_api_gateway_resource.${labels(path)}.id`);

  function resourceOf(path: string, actual: ActualApi | undefined): TerraformBlock {
    const slash = path.lastIndexOf('/');
    const id = actual?.resources[path];
    return {
      type: 'aws_api_gateway_resource',
      label: labels(path),
      attributes: {
        rest_api_id: expression(`${root}.id`),
        parent_id: idOf(path.slice(0, slash) || '/'),
        path_part: path.slice(slash + 1),
      },
      importId: id && `${actual?.apiId}/${id}`,
    };
  }

  return {
    reference: () => ({
      id: expression(`${root}.arn`),
      tags: {},
      apiId: expression(`${root}.id`),
      name: '',
      endpointType: '',
      reachable: true,
      binaryMediaTypes: [],
      resources: Object.fromEntries(['/', ...paths].map((path) => [path, idOf(path)])),
      duplicates: [],
    }),
    blocks: ({ name, tags }, { label, actual }) => [
      {
        type: 'aws_api_gateway_rest_api',
        label,
        attributes: { name, description: apiDescription, tags },
        blocks: { endpoint_configuration: { types: ['REGIONAL'] } },
        importId: actual?.apiId,
      },
      ...paths.map((path) => resourceOf(path, actual)),
    ],
  };
}
