import {
  type CreateUserPoolRequest,
  DeletionProtectionType,
  UserPoolMfaType,
  type UserPoolPolicyType,
  UserPoolTierType,
} from '@aws-sdk/client-cognito-identity-provider';
import { checkEnum, checkNumber, invalidParameter } from './constraints.ts';
import type { PoolSettings } from './records.ts';

type Given = Partial<CreateUserPoolRequest>;

/** What this engine cannot do is refused when a pool asks for it, so that nobody believes it is there. */
function refuseUnserved(given: Given): void {
  const triggers = Object.values(given.LambdaConfig ?? {}).some((value) => value !== undefined);
  const factors = given.Policies?.SignInPolicy?.AllowedFirstAuthFactors ?? [];
  const unserved: [boolean, string][] = [
    [(given.MfaConfiguration ?? 'OFF') !== 'OFF', 'multi-factor authentication (MfaConfiguration)'],
    [factors.some((factor) => factor !== 'PASSWORD'), 'first factors other than PASSWORD (SignInPolicy)'],
    [triggers, 'Lambda triggers (LambdaConfig)'],
    [given.DeviceConfiguration !== undefined, 'device tracking (DeviceConfiguration)'],
    [(given.UserPoolAddOns?.AdvancedSecurityMode ?? 'OFF') !== 'OFF', 'threat protection (UserPoolAddOns)'],
    [given.SmsConfiguration?.EumsSms !== undefined, 'End User Messaging (SmsConfiguration.EumsSms)'],
    [given.KeyConfiguration?.KmsKeyArn !== undefined, 'customer managed keys (KeyConfiguration)'],
    [given.DcrConfiguration !== undefined, 'dynamic client registration (DcrConfiguration)'],
    [given.AcrConfiguration !== undefined, 'authentication context classes (AcrConfiguration)'],
  ];
  const found = unserved.find(([asked]) => asked);
  if (found) throw invalidParameter(`The embedded engine does not serve ${found[1]}.`);
}

function checkVerification({ UserAttributeUpdateSettings, AutoVerifiedAttributes = [] }: Given): void {
  const required = UserAttributeUpdateSettings?.AttributesRequireVerificationBeforeUpdate ?? [];
  if (required.every((attribute) => AutoVerifiedAttributes.includes(attribute))) return;
  throw invalidParameter(
    'All attributes in AttributesRequireVerificationBeforeUpdate must exist in AutoVerifiedAttributes',
  );
}

function policies(given: Given): UserPoolPolicyType {
  const asked = given.Policies?.PasswordPolicy;
  const days = asked?.TemporaryPasswordValidityDays ?? given.AdminCreateUserConfig?.UnusedAccountValidityDays ?? 7;
  checkNumber(asked?.MinimumLength, 'policies.passwordPolicy.minimumLength', { min: 6, max: 99 });
  checkNumber(days, 'policies.passwordPolicy.temporaryPasswordValidityDays', { min: 0, max: 365 });
  checkNumber(asked?.PasswordHistorySize, 'policies.passwordPolicy.passwordHistorySize', { min: 0, max: 24 });
  // Without a policy all four kinds of characters are required; with one, those that it names.
  const unless = asked === undefined;
  return {
    PasswordPolicy: {
      MinimumLength: asked?.MinimumLength ?? 8,
      RequireUppercase: asked?.RequireUppercase ?? unless,
      RequireLowercase: asked?.RequireLowercase ?? unless,
      RequireNumbers: asked?.RequireNumbers ?? unless,
      RequireSymbols: asked?.RequireSymbols ?? unless,
      ...(asked?.PasswordHistorySize && { PasswordHistorySize: asked.PasswordHistorySize }),
      TemporaryPasswordValidityDays: days,
    },
    ...(given.UserPoolTier !== 'LITE' && { SignInPolicy: { AllowedFirstAuthFactors: ['PASSWORD'] } }),
  };
}

/**
 * The settings of a pool with the defaults that DescribeUserPool shows. UpdateUserPool, too, sets what is left out to its default.
 * Throws InvalidParameterException.
 */
export function poolSettings(given: Given): PoolSettings {
  checkEnum(given.MfaConfiguration, 'mfaConfiguration', UserPoolMfaType);
  checkEnum(given.DeletionProtection, 'deletionProtection', DeletionProtectionType);
  checkEnum(given.UserPoolTier, 'userPoolTier', UserPoolTierType);
  if (given.UsernameAttributes?.length && given.AliasAttributes?.length)
    throw invalidParameter('Only one of the aliasAttributes or usernameAttributes can be set in a user pool.');
  refuseUnserved(given);
  checkVerification(given);
  const passwordPolicies = policies(given);
  const { PoolName, Schema, UserPoolTags, ...rest } = given;
  return {
    ...Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== undefined)),
    Policies: passwordPolicies,
    DeletionProtection: given.DeletionProtection ?? 'INACTIVE',
    LambdaConfig: {},
    VerificationMessageTemplate: { DefaultEmailOption: 'CONFIRM_WITH_CODE', ...given.VerificationMessageTemplate },
    MfaConfiguration: 'OFF',
    EmailConfiguration: { EmailSendingAccount: 'COGNITO_DEFAULT', ...given.EmailConfiguration },
    AdminCreateUserConfig: {
      AllowAdminCreateUserOnly: false,
      ...given.AdminCreateUserConfig,
      UnusedAccountValidityDays: passwordPolicies.PasswordPolicy?.TemporaryPasswordValidityDays,
    },
    UserPoolTier: given.UserPoolTier ?? 'ESSENTIALS',
  };
}
