import type { SchemaAttributeType } from '@aws-sdk/client-cognito-identity-provider';
import { invalidParameter } from './constraints.ts';

function standard(name: string, rest: Partial<SchemaAttributeType> = {}): SchemaAttributeType {
  return {
    Name: name,
    AttributeDataType: 'String',
    DeveloperOnlyAttribute: false,
    Mutable: true,
    Required: false,
    ...((rest.AttributeDataType ?? 'String') === 'String' && {
      StringAttributeConstraints: { MinLength: '0', MaxLength: '2048' },
    }),
    ...rest,
  };
}

/** The attributes of every pool, in the order and with the constraints that DescribeUserPool shows for a new one. */
export const standardAttributes: readonly SchemaAttributeType[] = [
  standard('sub', {
    Mutable: false,
    Required: true,
    StringAttributeConstraints: { MinLength: '1', MaxLength: '2048' },
  }),
  standard('name'),
  standard('given_name'),
  standard('family_name'),
  standard('middle_name'),
  standard('nickname'),
  standard('preferred_username'),
  standard('profile'),
  standard('picture'),
  standard('website'),
  standard('email'),
  standard('email_verified', { AttributeDataType: 'Boolean' }),
  standard('gender'),
  standard('birthdate', { StringAttributeConstraints: { MinLength: '10', MaxLength: '10' } }),
  standard('zoneinfo'),
  standard('locale'),
  standard('phone_number'),
  standard('phone_number_verified', { AttributeDataType: 'Boolean' }),
  standard('address'),
  standard('updated_at', { AttributeDataType: 'Number', NumberAttributeConstraints: { MinValue: '0' } }),
];

/** A custom attribute as the pool shows it: prefixed, its omitted members filled in. */
export function customAttribute(given: SchemaAttributeType): SchemaAttributeType {
  const { Name: name = '', AttributeDataType: type = 'String', DeveloperOnlyAttribute: hidden = false } = given;
  if (name.length < 1 || name.length > 20)
    throw invalidParameter(`Custom attribute name ${name} must have 1 to 20 characters.`);
  if (given.Required) throw invalidParameter('Required custom attributes are not supported currently.');
  return {
    Name: `${hidden ? 'dev:' : ''}custom:${name}`,
    AttributeDataType: type,
    DeveloperOnlyAttribute: hidden,
    Mutable: given.Mutable ?? true,
    Required: false,
    ...(type === 'String' && { StringAttributeConstraints: given.StringAttributeConstraints ?? {} }),
    ...(type === 'Number' && { NumberAttributeConstraints: given.NumberAttributeConstraints ?? {} }),
  };
}

/** The whole schema of a new pool: standard attributes as CreateUserPool changes them, then its custom ones. */
export function poolSchema(given: readonly SchemaAttributeType[] = []): SchemaAttributeType[] {
  const isStandard = ({ Name }: SchemaAttributeType) => standardAttributes.some((known) => known.Name === Name);
  const changed = standardAttributes.map((known) => {
    const change = given.find((attribute) => attribute.Name === known.Name);
    return change && known.Name !== 'sub' ? { ...known, ...withoutUndefined(change) } : known;
  });
  return [...changed, ...given.filter((attribute) => !isStandard(attribute)).map(customAttribute)];
}

function withoutUndefined(attribute: SchemaAttributeType): SchemaAttributeType {
  return Object.fromEntries(Object.entries(attribute).filter(([, value]) => value !== undefined));
}
