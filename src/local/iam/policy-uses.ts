import type { Engine } from '../engine.ts';
import { rolesOf } from './roles.ts';

/** One of AWS's own policies, of which there are far more than are known here. */
export const isOfAws = (arn: string) => arn.startsWith('arn:aws:iam::aws:policy/');

/** How many roles have a policy. */
export interface Uses {
  attached: number;
  boundaries: number;
}

/** Of each policy that a role has, by its ARN: all roles are looked at once, however many policies are told of. */
export function usesOfPolicies(engine: Engine): Map<string, Uses> {
  const found = new Map<string, Uses>();
  const count = (arn: string, kind: keyof Uses) => {
    const uses = found.get(arn) ?? { attached: 0, boundaries: 0 };
    uses[kind] += 1;
    found.set(arn, uses);
  };
  for (const { attached, permissionsBoundary } of rolesOf(engine).values()) {
    for (const arn of attached) count(arn, 'attached');
    if (permissionsBoundary !== undefined) count(permissionsBoundary, 'boundaries');
  }
  return found;
}
