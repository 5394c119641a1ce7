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
    'error' in ours &&
    [ours.message, ...ours.reasons.map(({ Message: message = '' }) => message)].some((text) => words.test(text));

const json = (value: unknown) => JSON.stringify(value);

/** Every update expression and every AttributeUpdates of the operation takes away, and sets nothing. */
function onlyRemoves({ name, input }: Operation): boolean {
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

/** Whether all that the one holds is in the other: members of maps, and elements in their order. */
function within(part: unknown, whole: unknown): boolean {
  if (Array.isArray(part) && Array.isArray(whole)) {
    let next = 0;
    for (const element of whole) if (next < part.length && within(part[next], element)) next += 1;
    return next === part.length;
  }
  if (typeof part !== 'object' || part === null || typeof whole !== 'object' || whole === null) return part === whole;
  const members: Record<string, unknown> = { ...whole };
  return Object.entries(part).every(([name, member]) => name in members && within(member, members[name]));
}

/** What dynoxide puts between a list's end and an element beyond it. */
const filling = '{"NULL":true},';

const decisions: Decision[] = [
  {
    name: 'taking away makes no item',
    speaksOf: ({ operation, ours, theirs }) =>
      onlyRemoves(operation) &&
      'answer' in ours &&
      'answer' in theirs &&
      ours.answer.Attributes === undefined &&
      ours.answer.Item === undefined,
  },
  {
    name: 'operands of a wrong type are refused before any item is looked at',
    speaksOf: refusedFor(
      /Incorrect operand type for operator or function|The BETWEEN operator requires|The first operand must be distinct/,
    ),
  },
  {
    name: 'keys are scalars for every path',
    speaksOf: refusedFor(/Key attributes must be scalars/),
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
    speaksOf: ({ operation, ours }) =>
      operation.name === 'TransactWriteItems' && 'error' in ours && /^Invalid \w+Expression: /.test(ours.message),
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
      Object.keys(theirs.answer.Attributes ?? {}).every((name) => name === 'pk' || name === 'sk'),
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
    name: 'what is put beyond a list’s end comes after its last element',
    speaksOf: ({ operation, ours, theirs }) =>
      /ADD #?\w+(?:\.#?\w+|\[\d\])*\[\d\]/.test(json(operation.input)) ||
      ('answer' in ours && 'answer' in theirs && text(ours.answer) === text(theirs.answer).replaceAll(filling, '')),
  },
  {
    name: 'UPDATED_OLD and UPDATED_NEW give what is at the changed paths',
    speaksOf: ({ operation, ours, theirs }) =>
      /^UPDATED_/.test(String(operation.input.ReturnValues)) &&
      /[.[]/.test(String(operation.input.UpdateExpression)) &&
      'answer' in ours &&
      'answer' in theirs &&
      within(ours.answer, theirs.answer),
  },
  {
    name: 'begins_with of a key minds case',
    speaksOf: ({ operation, ours, theirs }) =>
      /begins_with\(/.test(String(operation.input.KeyConditionExpression)) &&
      'answer' in ours &&
      'answer' in theirs &&
      within(ours.answer.Items, theirs.answer.Items),
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

export const decisionNames = decisions.map(({ name }) => name);
