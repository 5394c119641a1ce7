import { type ActualUser, type DesiredUser, user as poolUser } from '../../aws/user.ts';
import { type Node, type NodeId, node, type TerraformExport } from '../node.ts';
import { expression } from '../terraform-blocks.ts';
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
    terraform,
    consoleStep: 'Cognito → the pool → Users → Create user: no invitation',
  });
}

const terraform: TerraformExport<DesiredUser, ActualUser> = {
  blocks: ({ poolId: user_pool_id, username }, { label, actual }) => [
    {
      type: 'aws_cognito_user',
      label,
      attributes: { user_pool_id, username, password: expression('var.password'), message_action: 'SUPPRESS' },
      // The current values of these cannot be read.
      blocks: { lifecycle: { ignore_changes: [expression('password'), expression('message_action')] } },
      importId: actual && `${actual.poolId}/${actual.username}`,
    },
  ],
};
