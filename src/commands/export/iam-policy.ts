import { permissions, type Scope } from '../../aws/permissions.ts';
import { graphOf } from '../../stack/graph.ts';
import type { Known } from '../../stack/node.ts';
import { functionArn, logGroupArn, type Place, roleArn, tableArn } from '../../stack/place.ts';
import type { Service } from '../../stack/service.ts';
import type { ResourceType } from '../../stack/types.ts';

/** A statement of an IAM policy. */
export interface Statement {
  Sid: string;
  Effect: 'Allow';
  Action: string[];
  Resource: string[];
}

export interface Policy {
  Version: '2012-10-17';
  Statement: Statement[];
}

/**
 * What an operator of a stack has to be allowed, and no more: the calls that `src/aws` makes, on the names that the stack's
 * resources have.
 */
export function iamPolicy(of: { place: Place; stack: string; service: Service }): Policy {
  const resources = resourcesOf(of);
  const statements = permissions().map(
    ({ client, scope, actions }): Statement => ({
      Sid: `${client}${scope.replace(/(?:^|-)(\w)/g, (_all, letter: string) => letter.toUpperCase())}`,
      Effect: 'Allow',
      Action: actions,
      Resource: resources[scope],
    }),
  );
  return { Version: '2012-10-17', Statement: statements.filter(({ Resource }) => Resource.length > 0) };
}

function resourcesOf({ place, stack, service }: { place: Place; stack: string; service: Service }) {
  const { partition, region, accountId } = place;
  // A name follows from the stack and the service alone.
  const known = { place, stack, service } as Known;
  const names = (type: ResourceType) =>
    graphOf(service).flatMap((node) => (node.type === type ? [node.name(known)] : []));
  const apis = `arn:${partition}:apigateway:${region}::`;
  return {
    role: names('role').map((name) => roleArn(place, name)),
    function: names('function').map((name) => functionArn(place, name)),
    table: names('table').map((name) => tableArn(place, name)),
    // Tags are of the group, all else of what is in it.
    'log-group': names('log-group').flatMap((name) => [logGroupArn(place, name), `${logGroupArn(place, name)}:*`]),
    'any-log-group': [logGroupArn(place, '*')],
    api: [`${apis}/restapis`, `${apis}/restapis/*`],
    'api-tags': [`${apis}/tags/*`],
    pool: [`arn:${partition}:cognito-idp:${region}:${accountId}:userpool/*`],
    any: ['*'],
  } satisfies Record<Scope, string[]>;
}
