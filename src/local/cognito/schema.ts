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
  const { Name: name = '', AttributeDataType: type, DeveloperOnlyAttribute: hidden = false } = given;
  if (name.length < 1 || name.length > 20)
    throw invalidParameter(`Custom attribute name ${name} must have 1 to 20 characters.`);
  if (given.AttributeDataType === undefined)
    throw invalidParameter('Invalid AttributeDataType input, consider using the provided AttributeDataType enum.');
  if (given.Required) throw invalidParameter('Required custom attributes are not supported currently.');
  checkConstraints(given);
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

const isBound = (text: string | undefined, pattern: RegExp) => text === undefined || pattern.test(text);
const isOrdered = (min: string | undefined, max: string | undefined) =>
  min === undefined || max === undefined || BigInt(min) <= BigInt(max);

/** Throws InvalidParameterException for bounds that are no whole numbers, or crossed; a text's end at 2,048. */
function checkConstraints(given: SchemaAttributeType): void {
  const {
    Name: name,
    AttributeDataType: type,
    StringAttributeConstraints: text,
    NumberAttributeConstraints: number,
  } = given;
  if (type === 'String' && text) {
    const { MinLength: min, MaxLength: max } = text;
    const lengths = [min, max];
    const areLengths = lengths.every((length) => isBound(length, /^[0-9]{1,9}$/) && Number(length ?? 0) <= 2048);
    if (!areLengths || !isOrdered(min, max))
      throw invalidParameter(`Invalid StringAttributeConstraints for schema attribute ${name}`);
  }
  if (type === 'Number' && number) {
    const { MinValue: min, MaxValue: max } = number;
    const areNumbers = [min, max].every((value) => isBound(value, /^-?[0-9]+$/));
    if (!areNumbers || !isOrdered(min, max))
      throw invalidParameter(`Invalid NumberAttributeConstraints for schema attribute ${name}`);
  }
}

/** A standard attribute as CreateUserPool changes it. Its type and visibility are fixed. */
function changedStandard(known: SchemaAttributeType, change: SchemaAttributeType): SchemaAttributeType {
  const { AttributeDataType: type = known.AttributeDataType, DeveloperOnlyAttribute: hidden } = change;
  if (type !== known.AttributeDataType || hidden)
    throw invalidParameter(
      `You can not change AttributeDataType or set developerOnlyAttribute for standard schema attribute ${known.Name}`,
    );
  checkConstraints({ ...change, AttributeDataType: type });
  return known.Name === 'sub' ? known : { ...known, ...withoutUndefined(change) };
}

/** The whole schema of a new pool: standard attributes as CreateUserPool changes them, then its custom ones. */
export function poolSchema(given: readonly SchemaAttributeType[] = []): SchemaAttributeType[] {
  const names = given.map(({ Name }) => Name);
  const repeated = names.find((name, index) => names.indexOf(name) !== index);
  if (repeated !== undefined) throw invalidParameter(`${repeated}: Existing attribute already has name ${repeated}.`);
  const isStandard = ({ Name }: SchemaAttributeType) => standardAttributes.some((known) => known.Name === Name);
  const changed = standardAttributes.map((known) => {
    const change = given.find((attribute) => attribute.Name === known.Name);
    return change ? changedStandard(known, change) : known;
  });
  return [...changed, ...given.filter((attribute) => !isStandard(attribute)).map(customAttribute)];
}

function withoutUndefined(attribute: SchemaAttributeType): SchemaAttributeType {
  return Object.fromEntries(Object.entries(attribute).filter(([, value]) => value !== undefined));
}
