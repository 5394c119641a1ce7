import { type ActualPool, type DesiredPool, userPool } from '../../aws/user-pool.ts';
import { poolNameIn } from '../names.ts';
import { type Node, type NodeId, node } from '../node.ts';

export const poolId: NodeId<ActualPool> = 'pool';

/** The user pool. */
export function pool(): Node {
  return node<DesiredPool, ActualPool>({
    id: poolId,
    type: 'pool',
    holdsData: true,
    name: ({ stack }) => poolNameIn(stack),
    key(known) {
      const { passwordLength, temporaryPasswordDays } = known.settings();
      const name = poolNameIn(known.stack);
      return { name, passwordLength, temporaryPasswordDays, tags: known.tags('pool'), adopt: known.adopt };
    },
    resource: userPool,
    consoleStep:
      'Cognito → User pools → Create user pool: sign in by username, password of at least 6, no MFA, no self-registration',
  });
}
