import type { Tag as SdkTag } from '@aws-sdk/client-iam';
import { AwsError } from '../service.ts';
import { addTags, type TagRules } from '../tags.ts';
import type { Tag } from './roles.ts';

const tagRules: TagRules = {
  refuse: () => new AwsError('InvalidInputException', 'Tag keys starting with "aws:" are reserved for system use.'),
  tooMany: () => new AwsError('LimitExceededException', 'The number of tags has reached the maximum limit.'),
};

/**
 * Recorded (2026): localstack `iam/test_iam_roles` TestRoleTags. That a key takes the place of one in other letters: IAM user guide,
 * "Tags for AWS Identity and Access Management resources".
 */
export const roleTags = {
  sameKey: (key: string) => key.toLowerCase(),
  repeated: 'Duplicate tag keys found. Please note that Tag keys are case insensitive.',
};

/** Throws AwsError InvalidInputException, LimitExceededException. */
export function mergeTags(tags: Tag[], added: SdkTag[] = [], { sameKey, repeated } = roleTags): Tag[] {
  const keys = added.map(({ Key = '' }) => sameKey(Key));
  if (new Set(keys).size < keys.length) throw new AwsError('InvalidInputException', repeated);
  const byKey = (list: SdkTag[]) => Object.fromEntries(list.map(({ Key = '', Value = '' }) => [Key, Value]));
  const kept = tags.filter(({ Key }) => !keys.includes(sameKey(Key)));
  return Object.entries(addTags(byKey(kept), byKey(added), tagRules)).map(([Key, Value]) => ({ Key, Value }));
}
