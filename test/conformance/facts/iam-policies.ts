import type { Answer, Fact, Scenario } from './fact.ts';

/** What IAM takes and refuses as a managed policy's document; the documents here are of the kinds that were recorded. */

const bucket = 'arn:aws:s3:::b';
const of = (members: object) =>
  Object.fromEntries(
    Object.entries({ Effect: 'Allow', Action: 's3:ListBucket', Resource: bucket, ...members }).filter(
      ([, value]) => value !== undefined,
    ),
  );
const document = (Statement: unknown, more: object = {}) => ({ Version: '2012-10-17', Statement, ...more });
const statement = (members: object) => document(of(members));
const condition = (Condition: unknown) => statement({ Condition });
const resource = (Resource: unknown) => statement({ Resource });
const action = (Action: unknown) => statement({ Action });
const before = (value: unknown) => condition({ DateLessThanEquals: { a: value } });

const syntax = 'Syntax errors in policy.';
const version = 'Policy document must be version 2012-10-17 or greater.';
const legacy = 'The policy failed legacy parsing';
const noAction = 'Policy statement must contain actions.';
const noResource = 'Policy statement must contain resources.';
const noVendor = 'Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.';
const colons = 'Actions/Condition can contain only one colon.';
const noArn = (text: string) => `Resource ${text} must be in ARN format or "*".`;
const partition = (name: string, arn: string) => `Partition "${name}" is not valid for resource "${arn}".`;
const twice = [of({ Sid: 's' }), { Sid: 's', Effect: 'Allow' }];

const refused: [document: unknown, message: string][] = [
  ['no object', syntax],
  [{ Statement: of({}) }, version],
  [{ Version: '2008-10-17', Statement: of({}) }, version],
  [{ Version: '2013-10-17', Statement: of({}) }, syntax],
  [{ Version: '2012-10-17' }, syntax],
  [document(['text']), syntax],
  [document([]), syntax],
  [document(of({}), { 'Extra field': 'v' }), syntax],
  [document(of({}), { Id: ['x'] }), syntax],
  [document(of({}), { Id: {} }), syntax],
  [statement({ 'Extra field': 'v' }), syntax],
  [statement({ Effect: 'invalid' }), syntax],
  [statement({ Effect: undefined }), syntax],
  [statement({ Sid: {} }), syntax],
  [statement({ Sid: [] }), syntax],
  [statement({ Action: 'iam:x', NotAction: 's3:x' }), syntax],
  [statement({ Action: [], NotAction: 's3:x' }), syntax],
  [statement({ NotResource: '*' }), syntax],
  [statement({ Action: undefined, NotAction: 's3:x', NotResource: [] }), syntax],
  [action([[]]), syntax],
  [action({}), syntax],
  [resource({ a: bucket }), syntax],
  [resource(['text', {}]), syntax],
  [condition([]), syntax],
  [condition('a'), syntax],
  [condition({ a: 'b' }), syntax],
  [condition({ DateGreaterThan: 'b' }), syntax],
  [condition({ DateGreaterThan: [] }), syntax],
  [condition({ DateGreaterThan: { a: {} } }), syntax],
  [statement({ Action: undefined, Condition: { DateGreaterThan: { a: {} } } }), syntax],
  [condition({ x: { a: '1' } }), syntax],
  [condition({ 'ForAnyValue::StringEqualsIfExists': { a: 'b' } }), syntax],
  [condition([{ 'ForAllValues:StringEquals': { 'aws:TagKeys': 'b' } }]), syntax],
  [{ Statement: twice }, version],
  [{ Statement: of({ Effect: 'denY' }) }, version],
  [{ Statement: of({ Condition: { DateGreaterThan: { a: 'text' } } }) }, version],
  [statement({ Effect: 'denY' }), legacy],
  [statement({ Effect: 'allow', Action: undefined, Resource: 'arn:aws:s3:us-east-1::b' }), legacy],
  [document([of({ Sid: 's', Effect: 'aLLow' }), twice[1]]), legacy],
  [condition({ DateGreaterThan: { a: 'text' } }), legacy],
  [document({ Effect: 'Allow', Condition: { DateGreaterThan: { a: 'text' } } }), legacy],
  [before('234-13'), legacy],
  [before('2016-12-13t2:00:00.593194+1'), legacy],
  [before('2016-12-13t2:00:00.1999999999+10:59'), legacy],
  [before('9223372036854775808'), legacy],
  [statement({ Resource: 'arn:error:s3:::b', Condition: { DateGreaterThan: { a: 'text' } } }), legacy],
  [resource('arn:aws:s3::b'), legacy],
  [statement({ Action: undefined, Resource: 'arn:aws:s3::b' }), legacy],
  [statement({ Resource: undefined, NotResource: 'arn:aws:s3::b' }), legacy],
  [statement({ Action: undefined, NotAction: 's3:x', Resource: 'arn:aws::::b' }), legacy],
  [resource('arn:aws::b'), legacy],
  [document(twice), 'Statement IDs (SID) in a single policy must be unique.'],
  [action(undefined), noAction],
  [action([]), noAction],
  [document({ Effect: 'Allow' }), noAction],
  [document([{ Effect: 'Deny' }, of({})]), noAction],
  [resource(undefined), noResource],
  [resource([]), noResource],
  [statement({ Action: 'invalid', Resource: undefined }), noResource],
  [resource('invalid resource'), noArn('invalid resource')],
  [resource(''), noArn('')],
  [resource(['text']), noArn('text')],
  [statement({ Action: 's:3:ListBucket', Resource: 'text' }), noArn('text')],
  [resource('a:b'), partition('b', 'arn:b:*:*:*:*')],
  [resource('a:b:c'), partition('b', 'arn:b:c:*:*:*')],
  [resource('a:b:c:d:e:f:g:h'), partition('b', 'arn:b:c:d:e:f:g:h')],
  [resource('aws:s3:::b'), partition('s3', 'arn:s3:::b:*')],
  [resource(['arn:error:s3:::b', 'arn:error:s3::b']), partition('error', 'arn:error:s3:::b')],
  [resource('arn:aws'), 'Resource vendor must be fully qualified and cannot contain regexes.'],
  [resource('arn:aws:iam:us-east-1::b'), 'IAM resource arn:aws:iam:us-east-1::b cannot contain region information.'],
  [resource('arn:aws:s3:us-east-1::b'), 'Resource arn:aws:s3:us-east-1::b can not contain region information.'],
  [
    resource('arn:aws:iam:::b'),
    'IAM resource path must either be "*", root, or start with user/, federated-user/, role/, group/, instance-profile/, mfa/, server-certificate/, policy/, sms-mfa/, saml-provider/, oidc-provider/, report/, access-report/.',
  ],
  [action('invalid'), noVendor],
  [statement({ Action: undefined, NotAction: '' }), noVendor],
  [action('s3:List:Bucket'), colons],
  [document([of({}), of({ Action: 's:3s:ListBucket' })]), colons],
  [action('a a:ListBucket'), 'Vendor a a is not valid'],
];

const taken: unknown[] = [
  document([of({})]),
  document(of({}), { Id: 'some' }),
  document([of({ Sid: '' }), of({ Sid: '' })]),
  document([of({ Sid: 's' }), of({})]),
  action('*'),
  action('iam: with spaces '),
  action('a-service.s:any-name'),
  statement({ Action: undefined, NotAction: 's3:x' }),
  statement({ Action: undefined, Resource: undefined, NotAction: 's3:x', NotResource: '*' }),
  resource([bucket, '*']),
  resource(`arn:aws:iam::*:user/${'$'}{aws:username}`),
  resource('arn:aws:short'),
  resource('arn:aws:unknown:us-east-1::b'),
  resource('arn:aws:s3:us-west-2:123456789012:accesspoint/mine/object/*'),
  condition({}),
  condition({ a: {}, b: {} }),
  condition({ DateGreaterThan: {} }),
  condition({ DateGreaterThan: { a: [] } }),
  condition({ 'ForAnyValue:StringEqualsIfExists': { a: 'b' } }),
  condition({ BoolIfExists: { 'aws:MultiFactorAuthPresent': 'false' }, StringLike: { 's3:prefix': ['', 'home/'] } }),
  before('01T'),
  before('2019-07-01T13:20:15Z'),
  before('2016-12-13T21:20:37.593194+00:00'),
  before('2016-12-13t2:00:00.593194+23'),
  before('-292275054'),
];

const made: Answer = {
  status: 200,
  members: {
    Policy: {
      Arn: '<arn>',
      AttachmentCount: 0,
      CreateDate: '<date>',
      DefaultVersionId: 'v1',
      IsAttachable: true,
      Path: '/',
      PermissionsBoundaryUsageCount: 0,
      PolicyId: 'ANPA<id>',
      PolicyName: '<name>',
      UpdateDate: '<date>',
    },
  },
};
const create = (kind: string, text: unknown, index: number, answer: Answer): Fact => ({
  operation: 'CreatePolicy',
  input: { PolicyName: `${kind}-${index}`, PolicyDocument: JSON.stringify(text) },
  answer,
});

export const iamPolicies: Scenario[] = [
  {
    recorded: 'TestPolicyDocumentValidity::test_create_policy_invalid_document',
    date: '2026-02-18',
    facts: refused.map(([text, message], index) =>
      create('refused', text, index, { status: 400, code: 'MalformedPolicyDocument', message }),
    ),
  },
  {
    recorded: 'TestPolicyDocumentValidity::test_create_policy_valid_document',
    date: '2026-02-10',
    facts: taken.map((text, index) => create('taken', text, index, made)),
  },
];
