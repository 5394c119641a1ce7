import type * as sdk from '@aws-sdk/client-dynamodb';
import { AwsError, type Call } from '../service.ts';
import { addTags, type TagRules } from '../tags.ts';
import { invalid } from './errors.ts';
import { firstTwice } from './parameters.ts';
import type { TableRecord } from './table-record.ts';
import { findTable, foreign, nameOf, saveTable } from './tables.ts';

export async function tagResource(input: sdk.TagResourceInput, call: Call): Promise<void> {
  const added = input.Tags ?? [];
  const record = taggedTable(call, input.ResourceArn, 'ResourcArn');
  if (added.length === 0) throw invalid('Atleast one Tag needs to be provided as Input.');
  await changeTags(call, record, mergeTags(record.tags, added));
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
  const table = taggedTable(call, input.ResourceArn, 'ResourcArn');
  // There is one page, so that no token can be one of ours.
  if (input.NextToken !== undefined) throw invalid('The provided NextToken is invalid');
  return { Tags: shownTags(call, table) };
}

const rules: TagRules = {
  refuse({ rule, part, text }) {
    if (rule === 'reserved') return invalid(`Tag Key cannot be prefixed with aws:, Key: ${text}`);
    return invalid(part === 'key' ? `The Tag Key provided is invalid, Key: ${text}` : wrongValue(text));
  },
  tooMany: () => invalid('Number of Tags exceed the current limit for the provided ResourceArn'),
};
const wrongValue = (text: string | null) => `The Tag Value provided is invalid, Value: ${text}`;

/** Added tags over those that are there. Throws ValidationException. */
export function mergeTags(before: sdk.Tag[], added: sdk.Tag[]): sdk.Tag[] {
  const keys = added.map(({ Key = '' }) => Key);
  const twice = firstTwice(keys);
  if (twice !== undefined) {
    throw invalid(`Duplicate Tag Keys provided as input: Duplicate Tag Key found ${twice}`);
  }
  const merged = addTags(record(before), record(added), rules);
  if (added.some(({ Value }) => Value === undefined)) throw invalid(wrongValue(null));
  return Object.entries(merged).map(([Key, Value]) => ({ Key, Value }));
}

const record = (tags: sdk.Tag[]) => Object.fromEntries(tags.map(({ Key = '', Value = '' }) => [Key, Value]));

async function changeTags(call: Call, record: TableRecord, tags: sdk.Tag[]): Promise<void> {
  const untilMs = call.engine.clock() + call.engine.simulation.delayMs('dynamodb.tags');
  await saveTable(call, { ...record, tags, formerTags: { tags: shownTags(call, record), untilMs } });
}

function shownTags(call: Call, { tags, formerTags }: TableRecord): sdk.Tag[] {
  return formerTags && call.engine.simulation.lasts('dynamodb.tags', formerTags.untilMs) ? formerTags.tags : tags;
}

/** DynamoDB's own spelling of "ResourcArn" is kept: clients match on the text. */
export function taggedTable(call: Call, arn: string | undefined, named?: 'ResourcArn'): TableRecord {
  if (arn === undefined) throw invalid('Invalid TableArn');
  if (!/^arn:aws[a-z-]*:dynamodb:.+:\d+:table\/[^/]{3,}$/.test(arn)) {
    throw invalid(`Invalid TableArn: Invalid ResourceArn provided as input ${arn}`);
  }
  const name = nameOf(call, arn);
  if (name === arn) throw foreign(call, arn);
  const record = findTable(call, name);
  if (record && !call.engine.simulation.lasts('dynamodb.table-visible', record.visibleAtMs)) return record;
  const detail = named ? `: ${named}: ${arn} not found` : '';
  throw new AwsError('ResourceNotFoundException', `Requested resource not found${detail}`);
}
