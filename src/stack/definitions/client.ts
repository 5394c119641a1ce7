import { type ActualClient, appClient, type DesiredClient } from '../../aws/app-client.ts';
import { loopbackCallbacks } from '../loopback-callbacks.ts';
import { clientNameIn } from '../names.ts';
import { type Node, type NodeId, node } from '../node.ts';
import { poolId } from './pool.ts';

export const clientId: NodeId<ActualClient> = 'client';

/** The pool's app client. */
export function client(): Node {
  return node<DesiredClient, ActualClient>({
    id: clientId,
    type: 'client',
    inside: poolId,
    after: [poolId],
    holdsData: true,
    name: ({ stack }) => clientNameIn(stack),
    key(known) {
      const found = known.actual(poolId);
      const { callbackUrls, logoutUrls, tokenMinutes } = known.settings();
      return (
        found && {
          poolId: found.poolId,
          name: clientNameIn(known.stack),
          callbackUrls: [...new Set([...callbackUrls, ...loopbackCallbacks])],
          logoutUrls,
          tokenMinutes,
        }
      );
    },
    resource: appClient,
    consoleStep:
      'Cognito → the pool → App clients → Create app client: no secret; Login pages: code and implicit grants',
  });
}
