import { permissions, type Scope } from '../../aws/permissions.ts';
import type { ResourceType } from '../../resource-types.ts';
import { graphOf } from '../../stack/graph.ts';
import type { Known } from '../../stack/node.ts';
import { logGroupArn, type Place } from '../../stack/place.ts';
import type { Service } from '../../stack/service.ts';

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
  const statements = permissions().map(
    ({ client, scope, actions }): Statement => ({
      Sid: `${client}${scope.replace(/(?:^|-)(\w)/g, (_all, letter: string) => letter.toUpperCase())}`,
      Effect: 'Allow',
      Action: actions,
      Resource: arnsOf(scope, of),
    }),
  );
  return { Version: '2012-10-17', Statement: statements.filter(({ Resource }) => Resource.length > 0) };
}

/** Of what IAM knows by another type's scope. */
const scopes: Partial<Record<ResourceType, Scope>> = { 'sms-role': 'role' };

/** The resources of a scope, as IAM writes them. */
function arnsOf(scope: Scope, { place, stack, service }: { place: Place; stack: string; service: Service }): string[] {
  if (scope === 'any') return ['*'];
  if (scope === 'any-log-group') return [logGroupArn(place, '*')];
  if (scope === 'api-tags') return [`arn:${place.partition}:apigateway:${place.region}::/tags/*`];
  // A name follows only from the stack and the service.
  const known = { place, stack, service } as Known;
  return graphOf(service).flatMap((node) => {
    if (scopes[node.type] !== scope && node.type !== scope) return [];
    if (!node.arns) throw new Error(`the definition of ${node.id} does not say what IAM knows it by`);
    return node.arns(known);
  });
}
