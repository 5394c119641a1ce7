import type { ListTagsCommandInput, TagResourceCommandInput, UntagResourceCommandInput } from '@aws-sdk/client-lambda';
import { AwsError, type Call } from '../service.ts';
import { requireFunction, saveFunction } from './functions.ts';

/** Throws AwsError InvalidParameterValueException. */
export function checkTags(tags: Record<string, string>): Record<string, string> {
  if (Object.keys(tags).length <= 50) return tags;
  throw new AwsError('InvalidParameterValueException', 'Limit of 50 tags exceeded.', { members: { Type: 'User' } });
}

async function tagResource(input: TagResourceCommandInput, { engine, region }: Call) {
  const record = requireFunction(engine, region, input.Resource);
  await saveFunction(engine, { ...record, tags: checkTags({ ...record.tags, ...input.Tags }) });
}

async function untagResource(input: UntagResourceCommandInput, { engine, region }: Call) {
  const record = requireFunction(engine, region, input.Resource);
  const tags = Object.fromEntries(Object.entries(record.tags).filter(([key]) => !input.TagKeys?.includes(key)));
  await saveFunction(engine, { ...record, tags });
}

function listTags(input: ListTagsCommandInput, { engine, region }: Call) {
  return { Tags: requireFunction(engine, region, input.Resource).tags };
}

export const tagOperations = {
  ListTags: listTags,
  TagResource: tagResource,
  UntagResource: untagResource,
};
