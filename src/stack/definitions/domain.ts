import { createHash } from 'node:crypto';
import { type ActualDomain, type DesiredDomain, domain as prefixDomain } from '../../aws/domain.ts';
import { type Known, type Node, type NodeId, node, type TerraformExport, unknownId } from '../node.ts';
import { poolId } from './pool.ts';

export const domainId: NodeId<ActualDomain> = 'domain';

/** The host name of the pool's sign-in pages. */
export function domain(): Node {
  return node<DesiredDomain, ActualDomain>({
    id: domainId,
    type: 'domain',
    inside: poolId,
    after: [poolId],
    // Cognito does not delete a pool that has a domain.
    holds: [poolId],
    holdsData: true,
    optional: true,
    name: prefixOf,
    key(known) {
      // Looked for before there is a pool too: somebody else's must be known before anything is made.
      const found = known.actual(poolId);
      return { poolId: found?.poolId ?? unknownId, prefix: prefixOf(known), present: found?.domain };
    },
    resource: prefixDomain,
    terraform,
    consoleStep: 'Cognito → the pool → Domain → Create Cognito domain',
  });
}

/**
 * The one asked for, or one derived from what is unique: prefixes are in a region over all accounts, and it must be the
 * same on every run. Hex digits cannot spell a reserved word (aws, amazon, cognito).
 */
function prefixOf({ place, stack, settings }: Known): string {
  const { domainPrefix } = settings();
  if (domainPrefix) return domainPrefix;
  const identity = `${place.partition}/${place.accountId}/${place.region}/${stack}`;
  return `dynops-${createHash('sha256').update(identity).digest('hex').slice(0, 16)}`;
}

const terraform: TerraformExport<DesiredDomain, ActualDomain> = {
  blocks: ({ prefix, poolId: user_pool_id }, { label, actual }) => [
    {
      type: 'aws_cognito_user_pool_domain',
      label,
      attributes: { domain: prefix, user_pool_id },
      importId: actual?.prefix,
    },
  ],
};
