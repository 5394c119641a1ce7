import { type ActualPool, type DesiredPool, userPool } from '../../aws/user-pool.ts';
import { poolNameIn, smsRoleNameIn } from '../names.ts';
import { type Node, type NodeId, node, type TerraformExport } from '../node.ts';
import { roleArn } from '../place.ts';
import { expression } from '../terraform-blocks.ts';
import { smsExternalId, smsRoleId } from './sms-role.ts';

export const poolId: NodeId<ActualPool> = 'pool';

/** The user pool. */
export function pool(): Node {
  return node<DesiredPool, ActualPool>({
    id: poolId,
    type: 'pool',
    // Cognito refuses a role that it cannot assume.
    after: [smsRoleId],
    holds: [smsRoleId],
    holdsData: true,
    name: ({ stack }) => poolNameIn(stack),
    // Cognito chooses the id, so no name narrows this.
    arns: ({ place: { partition, region, accountId } }) => [
      `arn:${partition}:cognito-idp:${region}:${accountId}:userpool/*`,
    ],
    key(known) {
      const { passwordLength, temporaryPasswordDays, signUp, smsRole: isWanted } = known.settings();
      const { stack, place, adopt } = known;
      const sms = { isWanted, roleArn: roleArn(place, smsRoleNameIn(stack)), externalId: smsExternalId(known) };
      const tags = known.tags('pool');
      return { name: poolNameIn(stack), passwordLength, temporaryPasswordDays, signUp, sms, tags, adopt };
    },
    resource: userPool,
    terraform,
    consoleStep:
      'Cognito → User pools → Create user pool: sign in by username, password of at least 6, no MFA, no self-registration, no role for SMS',
  });
}

const terraform: TerraformExport<DesiredPool, ActualPool> = {
  reference: (label) => ({
    id: expression(`aws_cognito_user_pool.${label}.arn`),
    poolId: expression(`aws_cognito_user_pool.${label}.id`),
    tags: {},
    domain: undefined,
    settings: {},
    others: {},
    duplicates: [],
  }),
  blocks: ({ name, passwordLength, temporaryPasswordDays, signUp, sms, tags }, { label, actual }) => [
    {
      type: 'aws_cognito_user_pool',
      label,
      attributes: { name, tags, ...(signUp && { auto_verified_attributes: ['email'] }) },
      blocks: {
        username_configuration: { case_sensitive: false },
        password_policy: {
          minimum_length: passwordLength,
          require_lowercase: false,
          require_numbers: false,
          require_symbols: false,
          require_uppercase: false,
          temporary_password_validity_days: temporaryPasswordDays,
        },
        admin_create_user_config: { allow_admin_create_user_only: !signUp },
        sms_configuration: sms.isWanted ? { sns_caller_arn: sms.roleArn, external_id: sms.externalId } : undefined,
      },
      importId: actual?.poolId,
    },
  ],
};
