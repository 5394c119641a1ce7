import { type ActualRole, type DesiredRole, role } from '../../aws/role.ts';
import { poolNameIn, smsRoleNameIn } from '../names.ts';
import { type Known, type Node, type NodeId, node } from '../node.ts';
import { roleArn } from '../place.ts';
import { roleTerraform } from './role.ts';

export const smsRoleId: NodeId<ActualRole> = 'sms-role';

/** The role by which the user pool sends text messages, where the settings ask for it. */
export function smsRole(): Node {
  return node<DesiredRole, ActualRole>({
    id: smsRoleId,
    type: 'sms-role',
    // The pool that is kept is of no use without it.
    holdsData: true,
    wanted: ({ settings }) => settings().smsRole,
    name: ({ stack }) => smsRoleNameIn(stack),
    arns: ({ place, stack }) => [roleArn(place, smsRoleNameIn(stack))],
    key: (known) => ({
      name: smsRoleNameIn(known.stack),
      description: 'Lets the user pool of a stack made by dynops send text messages',
      trust: {
        Version: '2012-10-17',
        Statement: [
          {
            Effect: 'Allow',
            Principal: { Service: 'cognito-idp.amazonaws.com' },
            Action: 'sts:AssumeRole',
            Condition: { StringEquals: { 'sts:ExternalId': smsExternalId(known) } },
          },
        ],
      },
      policyName: smsRoleNameIn(known.stack),
      // A text message goes to a number, which is no resource that a policy could name.
      policy: { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: 'sns:Publish', Resource: '*' }] },
      tags: known.tags('sms-role'),
    }),
    resource: role,
    terraform: roleTerraform,
    consoleStep: 'Cognito → the pool → Authentication methods → SMS → Edit: create a new IAM role, with an external ID',
  });
}

/** What Cognito says when it assumes the role for this pool. It is no secret: it tells one pool's request from another's. */
export const smsExternalId = ({ place, stack }: Known) => `${poolNameIn(stack)}-${place.accountId}-${place.region}`;
