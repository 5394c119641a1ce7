import type * as sdk from '@aws-sdk/client-dynamodb';
import { AwsError, type Call } from '../service.ts';
import type { TableRecord } from './table-record.ts';
import { findTable, nameOf, saveTable } from './tables.ts';

/** Developer guide, "tagging restrictions". */
const maxTags = 50;

export async function tagResource(input: sdk.TagResourceInput, call: Call): Promise<void> {
  const added = input.Tags ?? [];
  const record = taggedTable(call, input.ResourceArn, 'ResourcArn');
  if (added.length === 0) throw invalid('Atleast one Tag needs to be provided as Input.');
  checkTags(added);
  const tags = new Map([...record.tags, ...added].map((tag) => [tag.Key, tag]));
  if (tags.size > maxTags) throw invalid(`The number of tags exceeds the limit of ${maxTags}`);
  await changeTags(call, record, [...tags.values()]);
}

export async function untagResource(input: sdk.UntagResourceInput, call: Call): Promise<void> {
  const record = taggedTable(call, input.ResourceArn);
  const removed = new Set<string | undefined>(input.TagKeys);
  if (removed.size === 0) throw invalid('Atleast one Tag Key needs to be provided as Input.');
  await changeTags(
    call,
    record,
    record.tags.filter((tag) => !removed.has(tag.Key)),
  );
}

export function listTagsOfResource(input: sdk.ListTagsOfResourceInput, call: Call): sdk.ListTagsOfResourceOutput {
  return { Tags: shownTags(call, taggedTable(call, input.ResourceArn, 'ResourcArn')) };
}

export function checkTags(tags: sdk.Tag[]): void {
  if (tags.length > maxTags) throw invalid(`The number of tags exceeds the limit of ${maxTags}`);
  const seen = new Set<string>();
  for (const { Key: key = '', Value: value = '' } of tags) {
    if (key.length < 1 || key.length > 128) throw invalid('Tag keys must be 1 to 128 characters long');
    if (value.length > 256) throw invalid('Tag values must be at most 256 characters long');
    if (/^aws:/i.test(key)) throw invalid('Tag keys must not start with aws:');
    if (seen.has(key)) throw invalid(`Duplicate tag keys found: ${key}`);
    seen.add(key);
  }
}

async function changeTags(call: Call, record: TableRecord, tags: sdk.Tag[]): Promise<void> {
  const untilMs = call.engine.clock() + call.engine.mood.delayMs('dynamodb.tags');
  await saveTable(call, { ...record, tags, formerTags: { tags: shownTags(call, record), untilMs } });
}

function shownTags(call: Call, { tags, formerTags }: TableRecord): sdk.Tag[] {
  return formerTags && call.engine.clock() < formerTags.untilMs ? formerTags.tags : tags;
}

/** DynamoDB's own spelling of "ResourcArn" is kept: clients match on the text. */
function taggedTable(call: Call, arn: string | undefined, named?: 'ResourcArn'): TableRecord {
  if (arn === undefined) throw invalid('Invalid TableArn');
  if (!/^arn:aws[a-z-]*:dynamodb:.+:\d+:table\/[^/]{3,}$/.test(arn)) {
    throw invalid(`Invalid TableArn: Invalid ResourceArn provided as input ${arn}`);
  }
  const name = nameOf(call, arn);
  const record = name === arn ? undefined : findTable(call, name);
  if (record && call.engine.clock() >= record.visibleAtMs) return record;
  const detail = named ? `: ${named}: ${arn} not found` : '';
  throw new AwsError('ResourceNotFoundException', `Requested resource not found${detail}`);
}

function invalid(message: string): AwsError {
  return new AwsError('ValidationException', message, { statusCode: 400 });
}
