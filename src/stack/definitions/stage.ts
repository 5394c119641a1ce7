import { createHash } from 'node:crypto';
import { authorizer } from '../../aws/authorizer.ts';
import { method } from '../../aws/method.ts';
import { canonical } from '../../aws/resource.ts';
import { type ActualStage, stage as apiStage, type DesiredStage } from '../../aws/stage.ts';
import { type Known, type Node, type NodeId, node, unknownId } from '../node.ts';
import type { Service } from '../service.ts';
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
    consoleStep: 'API Gateway → the API → Deploy API → New stage: prod; then Logs and tracing → X-Ray tracing',
  });
}

/** Says all that a deployment holds: when it changes, and only then, the API is deployed. */
function definitionOf(known: Known): string {
  const { service } = known;
  const wanted = methodRoutes(service).map((route) => desiredMethod(known, route));
  if (wanted.includes(undefined)) return unknownId;
  return (
    otherwiseDefined(known) ??
    hashOf({
      methods: wanted,
      signIn: [known.actual(poolId)?.id, known.actual(clientId)?.clientId],
      ...(service.cors.length > 0 && { refusals: gatewayResponseParameters(service) }),
    })
  );
}

/**
 * A step deploys the API as it stands, which may not be as it should be: the deployment must not say it were, or `up` would
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
  return hashOf({ methods: routes.map((route) => known.actual(methodId(route))), authorizer: asks });
}

function hashOf(definition: object): string {
  return createHash('sha256').update(canonical(definition)).digest('hex').slice(0, 16);
}
