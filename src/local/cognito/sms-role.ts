import type { CreateUserPoolRequest } from '@aws-sdk/client-cognito-identity-provider';
import type { Engine } from '../engine.ts';
import { trusts } from '../iam/policy.ts';
import { denialOf, findRole } from '../iam/roles.ts';
import { AwsError } from '../service.ts';
import { invalidParameter } from './constraints.ts';

type Given = Pick<Partial<CreateUserPoolRequest>, 'AutoVerifiedAttributes' | 'SmsConfiguration'>;

/**
 * Checks the role by which a pool would send text messages (docs/aws-facts.md#fact-4-13). The messages themselves stay in
 * the local inbox.
 * Throws InvalidSmsRoleTrustRelationshipException, InvalidSmsRoleAccessPolicyException, InvalidParameterException.
 */
export function checkSmsRole(engine: Engine, { AutoVerifiedAttributes, SmsConfiguration }: Given): void {
  if (!SmsConfiguration) {
    if (!AutoVerifiedAttributes?.includes('phone_number')) return;
    throw invalidParameter('SMS configuration is required when phone_number is selected for auto verification');
  }
  const { SnsCallerArn: roleArn = '', ExternalId: externalId } = SmsConfiguration;
  const role = findRole(engine, roleArn);
  const caller = { service: 'cognito-idp.amazonaws.com', externalId };
  if (!role || engine.simulation.lasts('iam.role-assumable', role.assumableAtMs) || !trusts(role.trustPolicy, caller))
    throw new AwsError(
      'InvalidSmsRoleTrustRelationshipException',
      'Role does not have a trust relationship allowing Cognito to assume the role',
    );
  if (denialOf(engine, { roleArn, action: 'sns:Publish', resource: '*' }) !== undefined)
    throw new AwsError('InvalidSmsRoleAccessPolicyException', 'Role does not have permission to publish with SNS');
}
