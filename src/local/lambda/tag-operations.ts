import type {
  Lambda,
  ListTagsCommandInput,
  TagResourceCommandInput,
  UntagResourceCommandInput,
} from '@aws-sdk/client-lambda';
import type { Operations } from '../operations.ts';
import { AwsError, type Call } from '../service.ts';
import { describeMapFault, findTagFault, maxTags } from '../tags.ts';
import { requireFunction, saveFunction } from './functions.ts';

/** Added tags over those that are there. Throws AwsError ValidationException, InvalidParameterValueException. */
export function mergeTags(before: Record<string, string>, added: Record<string, string> = {}): Record<string, string> {
  const invalid = (message: string) => new AwsError('InvalidParameterValueException', message);
  const fault = findTagFault(Object.entries(added));
  if (fault?.rule === 'reserved') throw invalid(`Tag keys cannot start with 'aws:': ${fault.text}`);
  if (fault) throw new AwsError('ValidationException', describeMapFault(added, fault), { statusCode: 400 });
  const tags = { ...before, ...added };
  if (Object.keys(tags).length <= maxTags) return tags;
  throw invalid(`Limit of ${maxTags} tags exceeded.`);
}

async function tagResource(input: TagResourceCommandInput, { engine, region }: Call) {
  const record = requireFunction(engine, region, input.Resource);
  await saveFunction(engine, { ...record, tags: mergeTags(record.tags, input.Tags) });
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
} satisfies Operations<Lambda>;
