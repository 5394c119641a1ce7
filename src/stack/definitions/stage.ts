import { createHash } from 'node:crypto';
import { authorizer } from '../../aws/authorizer.ts';
import { method } from '../../aws/method.ts';
import { canonical } from '../../aws/resource.ts';
import { type ActualStage, stage as apiStage, type DesiredStage, deploymentMark } from '../../aws/stage.ts';
import { type Known, type Node, type NodeId, node, type TerraformExport, unknownId } from '../node.ts';
import { routeName, type Service } from '../service.ts';
import { expression, labelsOf } from '../terraform-blocks.ts';
import { apiId } from './api.ts';
import { authorizerId, desiredAuthorizer } from './authorizer.ts';
import { clientId } from './client.ts';
import { gatewayResponseParameters } from './cors.ts';
import { gatewayResponseIds } from './gateway-response.ts';
import { desiredMethod, methodId, methodRoutes } from './method.ts';
import { poolId } from './pool.ts';

export const stageId: NodeId<ActualStage> = 'stage';

/** The stage, and the deployment that it serves. */
export function stage(service: Service): Node {
  return node<DesiredStage, ActualStage>({
    id: stageId,
    type: 'stage',
    inside: apiId,
    after: [...methodRoutes(service).map(methodId), ...gatewayResponseIds(service)],
    name: () => service.stage,
    key(known) {
      const found = known.actual(apiId);
      return (
        found && {
          apiId: found.apiId,
          name: service.stage,
          definition: definitionOf(known),
          tracing: known.settings().tracing,
        }
      );
    },
    resource: apiStage,
    terraform: terraformOf(service),
    consoleStep: 'API Gateway → the API → Deploy API → New stage: prod; then Logs and tracing → X-Ray tracing',
  });
}

/** Says all that a deployment holds: when it changes, and only then, the API is deployed. */
function definitionOf(known: Known): string {
  const { service } = known;
  const wanted = methodRoutes(service).map((route) => desiredMethod(known, route));
  if (wanted.includes(undefined)) return unknownId;
  return otherwiseDefined(known) ?? described(known, wanted);
}

/** With more of them they are hashed too: a description has a limit. */
const mostIds = 24;

/** The hash of all that ids of AWS's leave, and those ids: what another tool makes can say the same of itself. */
function described(known: Known, methods: readonly unknown[]): string {
  const { service } = known;
  const found = known.actual(apiId);
  const paths = Object.keys(found?.resources ?? {}).sort();
  const used = [
    known.actual(authorizerId)?.authorizerId,
    known.actual(poolId)?.poolId,
    known.actual(clientId)?.clientId,
    ...paths
      .filter((path) => methodRoutes(service).some((route) => route.path === path))
      .map((path) => found?.resources[path]),
  ].map((id) => id ?? unknownId);
  const refusals = service.cors.length > 0 ? gatewayResponseParameters(service) : null;
  const withoutIds = [...used, found?.apiId ?? unknownId].reduce(
    (text, id, index) => text.replaceAll(id, `{${index}}`),
    canonical({ methods, refusals }),
  );
  return [hashOf(withoutIds), ...(used.length > mostIds ? [hashOf(used.join(' '))] : used)].join(' ');
}

/**
 * A step deploys the API as it is, which may not be as it should be: the deployment must not say that it is, or `up` would
 * never make another. `up` itself deploys only what it has just made as it should be.
 */
function otherwiseDefined(known: Known): string | undefined {
  if (!known.stepwise) return undefined;
  const routes = methodRoutes(known.service);
  const asWanted = routes.every((route) => {
    const [wanted, stands] = [desiredMethod(known, route), known.actual(methodId(route))];
    return !wanted || !stands || method.compare(wanted, stands).length === 0;
  });
  const asks = known.actual(authorizerId);
  const wantedAuthorizer = desiredAuthorizer(known);
  if (asWanted && (!asks || !wantedAuthorizer || authorizer.compare(wantedAuthorizer, asks).length === 0)) {
    return undefined;
  }
  return hashOf(canonical({ methods: routes.map((route) => known.actual(methodId(route))), authorizer: asks }));
}

function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 16);
}

const terraformOf = (service: Service): TerraformExport<DesiredStage, ActualStage> => ({
  blocks: ({ apiId: rest_api_id, name, definition, tracing }, { actual }) => [
    {
      type: 'aws_api_gateway_deployment',
      label: 'deployment',
      // Says what it holds, so that one that holds something else is another.
      attributes: { rest_api_id, description: `${deploymentMark}${definition}` },
      blocks: { lifecycle: { create_before_destroy: true, replace_triggered_by: deployedBlocks(service) } },
      importId: actual?.deploymentId && `${actual.apiId}/${actual.deploymentId}`,
    },
    {
      type: 'aws_api_gateway_stage',
      label: 'stage',
      attributes: {
        rest_api_id,
        deployment_id: expression('aws_api_gateway_deployment.deployment.id'),
        stage_name: name,
        xray_tracing_enabled: tracing,
      },
      importId: actual && `${actual.apiId}/${actual.name}`,
    },
  ],
});

/** A change of any of these wants another deployment. */
function deployedBlocks(service: Service): string[] {
  const types = ['aws_api_gateway_method', 'aws_api_gateway_integration'];
  const names = methodRoutes(service).map(routeName);
  const methods = names.map(labelsOf(names));
  const blocks = methods.flatMap((label) => types.map((type) => `${type}.${label}`));
  return [...blocks, 'aws_api_gateway_authorizer.authorizer'].map(expression);
}
