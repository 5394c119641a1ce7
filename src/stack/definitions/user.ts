import { type ActualUser, type DesiredUser, user as poolUser } from '../../aws/user.ts';
import { type Node, type NodeId, node } from '../node.ts';
import { poolId } from './pool.ts';

export const userId: NodeId<ActualUser> = 'user';

/** The user whom the stack is called as. */
export function user(): Node {
  return node<DesiredUser, ActualUser>({
    id: userId,
    type: 'user',
    inside: poolId,
    after: [poolId],
    holdsData: true,
    name: (known) => known.settings().username,
    key(known) {
      const found = known.actual(poolId);
      return found && { poolId: found.poolId, username: known.settings().username, password: known.password };
    },
    resource: poolUser,
    consoleStep: 'Cognito → the pool → Users → Create user: no invitation',
  });
}
