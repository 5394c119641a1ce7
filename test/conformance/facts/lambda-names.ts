import type { Answer, Fact, Scenario } from './fact.ts';

/** Names and qualifiers, recorded for four operations each: TestLambdaFunction::test_function_name_and_qualifier_validation. */

const arnPattern =
  '(arn:(aws[a-zA-Z-]*)?:lambda:)?((eusc-)?[a-z]{2}((-gov)|(-iso([a-z]?)))?-[a-z]+-\\d{1}:)?(\\d{12}:)?(function:)?';
const callPattern = `${arnPattern}([a-zA-Z0-9-_\\.]+)(:(\\$LATEST(\\.PUBLISHED)?|[a-zA-Z0-9-_]+))?`;
const createPattern = `${arnPattern}([a-zA-Z0-9-_]+)(:(\\$LATEST|[a-zA-Z0-9-_]+))?`;

const fails = (value: string, at: string, rule: string) =>
  `Value '${value}' at '${at}' failed to satisfy constraint: ${rule}`;
const matches = (pattern: string) => `Member must satisfy regular expression pattern: ${pattern}`;
const atMost = (length: number) => `Member must have length less than or equal to ${length}`;
const invalid = (...message: string[]): Answer => ({ status: 400, code: 'ValidationException', message });
const notFound = (name: string): Answer => ({
  status: 404,
  code: 'ResourceNotFoundException',
  message: `Function not found: arn:aws:lambda:us-east-1:<account>:function:${name}`,
});
const refused = (message: string): Answer => ({ status: 400, code: 'InvalidParameterValueException', message });

interface Row {
  what: string;
  name: string;
  qualifier?: string;
  /** GetFunction; by default also DeleteFunction, Invoke. */
  get: Answer;
  delete?: Answer;
  invoke?: Answer;
  /** undefined: not recorded. */
  create?: Answer;
}

const arn = 'arn:aws:lambda:us-east-1:000000000000:function:my-function';
const long = 'a'.repeat(129);
const odd = (what: string, name: string): Row => ({
  what,
  name,
  get: invalid(fails(name, 'functionName', matches(callPattern))),
  create: invalid(fails(name, 'functionName', matches(createPattern))),
});
const mismatch = refused('The derived qualifier from the function name does not match the specified qualifier.');

const rows: Row[] = [
  odd('function_name_is_single_invalid', '*'),
  odd('invalid_characters_in_function_name', 'my-function!'),
  odd('invalid_account_id_in_partial_arn', 'invalid-account:function:my-function'),
  odd('invalid_region_in_arn', 'arn:aws:lambda:invalid-region:000000000000:function:my-function'),
  odd('non_lambda_arn', 'arn:aws:ec2:us-east-1:000000000000:instance:i-1234567890abcdef0'),
  odd('full_arn_with_multiple_qualifiers', `${arn}:1:2`),
  odd('partial_arn_with_extra_qualifier', 'function:my-function:$LATEST:extra'),
  odd('missing_region_in_arn', 'arn:aws:lambda::000000000000:function:my-function'),
  odd('missing_account_id_in_arn', 'arn:aws:lambda:us-east-1::function:my-function'),
  odd('misspelled_latest_in_arn', `${arn}:$LATES`),
  {
    what: 'invalid_characters_in_qualifier',
    name: 'my-function',
    qualifier: 'invalid!',
    get: invalid(fails('invalid!', 'qualifier', matches('\\$(LATEST(\\.PUBLISHED)?)|[a-zA-Z0-9-_$]+'))),
    create: invalid(fails('my-function:invalid!', 'functionName', matches(createPattern))),
  },
  {
    what: 'qualifier_too_long',
    name: 'my-function',
    qualifier: long,
    get: invalid(fails(long, 'qualifier', atMost(128))),
    create: invalid(fails(`my-function:${long}`, 'functionName', atMost(140))),
  },
  {
    what: 'function_name_too_long',
    name: 'a'.repeat(65),
    get: notFound('a'.repeat(65)),
    invoke: notFound(`${'a'.repeat(65)}:$LATEST`),
    create: {
      ...refused(''),
      message: [fails('a'.repeat(65), 'functionName', atMost(64))],
    },
  },
  {
    what: 'function_name_too_long_and_invalid_region',
    name: `arn:aws:lambda:invalid-region:000000000000:function:my-function${'a'.repeat(170)}`,
    get: invalid(
      fails(
        `arn:aws:lambda:invalid-region:000000000000:function:my-function${'a'.repeat(170)}`,
        'functionName',
        matches(callPattern),
      ),
    ),
    create: invalid(
      fails(
        `arn:aws:lambda:invalid-region:000000000000:function:my-function${'a'.repeat(170)}`,
        'functionName',
        atMost(140),
      ),
      fails(
        `arn:aws:lambda:invalid-region:000000000000:function:my-function${'a'.repeat(170)}`,
        'functionName',
        matches(createPattern),
      ),
    ),
  },
  {
    what: 'full_arn_and_qualifier_too_long_and_invalid_region',
    name: `arn:aws:lambda:invalid-region:000000000000:function:my-function-${'a'.repeat(170)}`,
    qualifier: long,
    get: invalid(
      fails(long, 'qualifier', atMost(128)),
      fails(
        `arn:aws:lambda:invalid-region:000000000000:function:my-function-${'a'.repeat(170)}`,
        'functionName',
        matches(callPattern),
      ),
    ),
  },
  {
    what: 'incomplete_arn',
    name: 'arn:aws:lambda:us-east-1:000000000000:function',
    get: notFound('function'),
    invoke: notFound('function:$LATEST'),
  },
  {
    what: 'latest_version_with_additional_qualifier',
    name: `${arn}:$LATEST`,
    qualifier: '1',
    get: mismatch,
    create: invalid(fails(`${arn}:$LATEST:1`, 'functionName', matches(createPattern))),
  },
  {
    what: 'lowercase_latest_qualifier',
    name: arn,
    qualifier: '$latest',
    get: notFound('my-function:$latest'),
    delete: notFound('my-function'),
    create: invalid(fails(`${arn}:$latest`, 'functionName', matches(createPattern))),
  },
];

const creation = {
  Role: 'arn:aws:iam::000000000000:role/conformance',
  Runtime: 'nodejs22.x',
  Handler: 'index.handler',
  Code: { ZipFile: new Uint8Array([1]) },
};

export const lambdaNames: Scenario[] = rows.map(({ what, name, qualifier, get, create, ...others }) => {
  const target = { FunctionName: name, ...(qualifier !== undefined && { Qualifier: qualifier }) };
  const facts: Fact[] = [
    { operation: 'GetFunction', input: target, answer: get },
    { operation: 'DeleteFunction', input: target, answer: others.delete ?? get },
    { operation: 'Invoke', input: target, answer: others.invoke ?? get },
  ];
  const made = qualifier === undefined ? name : `${name}:${qualifier}`;
  if (create) {
    facts.push({ operation: 'CreateFunction', input: { ...creation, FunctionName: made }, answer: create });
  }
  return {
    recorded: `TestLambdaFunction::test_function_name_and_qualifier_validation[${what}]`,
    date: '2025-11-25',
    facts,
  };
});
