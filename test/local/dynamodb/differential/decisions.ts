import { checkItem } from '../../../../src/local/dynamodb/values/validate.ts';
import { text } from './compare.ts';
import type { Difference } from './differential.ts';
import type { Operation } from './generate.ts';

/** A difference that AWS's documentation, or what AWS was seen to do, decides for the engine. */
interface Decision {
  /** As docs/dynamodb.md lists it. */
  name: string;
  speaksOf(difference: Difference): boolean;
}

/** Our refusal, in AWS's words, of what dynoxide lets pass (or refuses for another reason). */
const refusedFor =
  (words: RegExp) =>
  ({ ours }: Difference): boolean =>
    'error' in ours && words.test(ours.message);

const json = (value: unknown) => JSON.stringify(value);

/** Every update expression and every AttributeUpdates of the operation takes away, and sets nothing. */
export function onlyRemoves({ name, input }: Operation): boolean {
  const updates: Record<string, unknown>[] =
    name === 'UpdateItem' ? [input] : steps(input).flatMap(({ Update: update }) => (update ? [update] : []));
  return updates.some(({ UpdateExpression: text, AttributeUpdates: legacy }) =>
    typeof text === 'string' ? !/\b(?:SET|ADD)\b/.test(text) : !/"(?:PUT|ADD)"/.test(json(legacy)),
  );
}

type Step = Record<string, Record<string, unknown> | undefined>;

function steps(input: Record<string, unknown>): Step[] {
  return Array.isArray(input.TransactItems) ? input.TransactItems : [];
}

const withoutKeys = (answer: unknown) =>
  text(JSON.parse(JSON.stringify(answer, (name, value) => (name === 'pk' || name === 'sk' ? undefined : value))));

const decisions: Decision[] = [
  {
    name: 'taking away makes no item',
    speaksOf: ({ operation, ours, theirs }) =>
      onlyRemoves(operation) && 'answer' in ours && 'answer' in theirs && ours.answer.Attributes === undefined,
  },
  {
    name: 'operands of a wrong type are refused before any item is looked at',
    speaksOf: refusedFor(
      /Incorrect operand type for operator or function|The BETWEEN operator requires|The first operand must be distinct/,
    ),
  },
  {
    name: 'paths that conflict are refused as paths that overlap are',
    speaksOf: refusedFor(/Two document paths conflict with each other/),
  },
  {
    name: 'a local index is read for what its table holds',
    speaksOf: ({ operation, ours, theirs }) =>
      operation.input.IndexName === 'by-l' &&
      operation.input.ProjectionExpression !== undefined &&
      'answer' in ours &&
      'answer' in theirs,
  },
  {
    name: 'legacy comparisons are for the types that they have',
    speaksOf: refusedFor(
      /ComparisonOperator \w+ is not valid for|AttributeValues inside AttributeValueList must be of same type|The BETWEEN condition was provided a range/,
    ),
  },
  {
    name: 'NOT_CONTAINS does not hold for what is not there',
    speaksOf: ({ operation }) => json(operation.input).includes('"NOT_CONTAINS"'),
  },
  {
    name: 'a path that leads nowhere is no place for an update, nor for a removal',
    speaksOf: refusedFor(/The document path provided in the update expression is invalid for update/),
  },
  {
    name: 'the faults of a transaction’s expressions are those of the request',
    speaksOf: ({ operation, ours, theirs }) =>
      operation.name === 'TransactWriteItems' &&
      'error' in ours &&
      /^Invalid \w+Expression: /.test(ours.message) &&
      'error' in theirs &&
      theirs.error === 'TransactionCanceledException',
  },
  {
    name: 'a projection gives what it names, and not the key beside it',
    speaksOf: ({ operation, ours, theirs }) =>
      operation.name === 'TransactGetItems' &&
      'answer' in ours &&
      'answer' in theirs &&
      withoutKeys(ours.answer) === withoutKeys(theirs.answer),
  },
  {
    name: 'there is no old item where none was',
    speaksOf: ({ operation, ours, theirs }) =>
      operation.input.ReturnValues === 'ALL_OLD' &&
      'answer' in ours &&
      'answer' in theirs &&
      ours.answer.Attributes === undefined &&
      text(theirs.answer.Attributes) === text(checkItem(operation.input.Key)),
  },
  {
    name: 'a write by PartiQL answers an empty list',
    speaksOf: ({ operation, ours, theirs }) =>
      operation.name === 'ExecuteStatement' &&
      'answer' in ours &&
      'answer' in theirs &&
      json(ours.answer) === '{"Items":[]}' &&
      json(theirs.answer) === '{}',
  },
  {
    name: 'functions of conditions are also those of PartiQL',
    speaksOf: ({ operation, theirs }) =>
      operation.name === 'ExecuteStatement' && 'error' in theirs && theirs.message.includes('Unknown operator: ('),
  },
];

/** The name of the decision on the difference, as docs/dynamodb.md lists it. */
export function decisionOn(difference: Difference): string | undefined {
  return decisions.find(({ speaksOf }) => speaksOf(difference))?.name;
}
