import type {
  Lambda,
  ListTagsCommandInput,
  TagResourceCommandInput,
  UntagResourceCommandInput,
} from '@aws-sdk/client-lambda';
import type { Operations } from '../operations.ts';
import { AwsError, type Call } from '../service.ts';
import { addTags, removeTags, type TagRules } from '../tags.ts';
import { describeAll, violationError } from '../wire/violations.ts';
import { type FunctionRecord, requireFunction, save } from './functions.ts';
import { readTarget } from './names.ts';

const invalid = (message: string) => new AwsError('InvalidParameterValueException', message);

/** The models have no constraints of tags, Lambda has: as cloud-custodian#2520 quotes it. */
export const tagRules: TagRules = {
  refuse({ part, text, rule }, added) {
    if (rule === 'reserved') return invalid(`Tag keys cannot start with 'aws:': ${text}`);
    const of =
      part === 'key'
        ? { max: 128, min: 1, pattern: '^([\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]+)$' }
        : { max: 256, min: 0, pattern: '^([\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]*)$' };
    const style = { code: 'ValidationException' };
    const words = part === 'key' ? 'Map keys' : 'Map value';
    const all = describeAll({ ...of, isNumber: false }, style);
    return violationError(style, [{ at: 'tags', value: added, rule: `${words} must satisfy constraint: [${all}]` }]);
  },
  // Recorded (2025): localstack `lambda_/test_lambda_api` test_tag_limits.
  tooMany: () => invalid('Number of tags exceeds resource tag limit.'),
};

function requireTagged(arn: string | undefined, { engine, region }: Pick<Call, 'engine' | 'region'>): FunctionRecord {
  const { name, qualifier } = readTarget(engine, region, { FunctionName: arn });
  if (qualifier === undefined) return requireFunction(engine, region, name);
  throw new AwsError(
    'InvalidParameterValueException',
    'Tags on function aliases and versions are not supported. Please specify a function ARN.',
  );
}

async function tagResource(input: TagResourceCommandInput, { engine, region }: Call) {
  const record = requireTagged(input.Resource, { engine, region });
  // Recorded: test_tag_exceptions.
  if (Object.keys(input.Tags ?? {}).length === 0) {
    throw invalid('An error occurred and the request cannot be processed.');
  }
  await save(engine, { ...record, tags: addTags(record.tags, input.Tags, tagRules) });
}

async function untagResource(input: UntagResourceCommandInput, { engine, region }: Call) {
  const record = requireTagged(input.Resource, { engine, region });
  const tags = removeTags(record.tags, input.TagKeys);
  await save(engine, { ...record, tags });
}

function listTags(input: ListTagsCommandInput, { engine, region }: Call) {
  return { Tags: requireTagged(input.Resource, { engine, region }).tags };
}

export const tagOperations = {
  ListTags: listTags,
  TagResource: tagResource,
  UntagResource: untagResource,
} satisfies Operations<Lambda>;
