import * as apiGateway from '@aws-sdk/client-api-gateway';
import { NormalizedSchema } from '@smithy/core/schema';
import { describe, expect, it } from 'vitest';
import { compileForeign } from '../../../src/local/pattern/bounded-match.ts';
import { AwsError } from '../../../src/local/service.ts';
import { findCatalog, servedServices } from '../../../src/local/services.ts';
import { type Constraints, createValidator } from '../../../src/local/wire/validate.ts';
import type { ValidationStyle } from '../../../src/local/wire/violations.ts';

async function catalogOf(service: string) {
  const catalog = await findCatalog(undefined, service);
  if (!catalog) throw new Error(`${service} is not served`);
  return catalog;
}

/** What a service's own validator says of an input; undefined: nothing. */
async function refusalOf(service: string, operation: string, input: Record<string, unknown>) {
  const catalog = await catalogOf(service);
  try {
    catalog.validate(operation, input);
    return undefined;
  } catch (error) {
    if (!(error instanceof AwsError)) throw error;
    return { code: error.code, message: error.message };
  }
}

const types = 'Member must satisfy enum value set: [HTTP, MOCK, AWS_PROXY, HTTP_PROXY, AWS]';
const ops = 'Member must satisfy enum value set: [add, remove, move, test, replace, copy]';
const failed = 'failed to satisfy constraint:';

describe('inputs that break a constraint are refused in the words of the recordings', () => {
  it.each<[string, string, string, Record<string, unknown>, string, string]>([
    // LocalStack's recordings of AWS, 2024 to 2026; IAM's words: aws/eks-hybrid#113.
    [
      'an enum',
      'apigateway',
      'PutIntegration',
      { restApiId: 'a', resourceId: 'b', httpMethod: 'GET', type: 'HTTPS_PROXY' },
      'ValidationException',
      `1 validation error detected: Value 'HTTPS_PROXY' at 'putIntegrationInput.type' ${failed} ${types}`,
    ],
    [
      'several, the path last',
      'apigateway',
      'UpdateMethodResponse',
      {
        restApiId: 'a',
        resourceId: 'b',
        httpMethod: 'GET',
        statusCode: 'wrong',
        patchOperations: [{ op: 'wrong_op' }],
      },
      'ValidationException',
      `2 validation errors detected: Value 'wrong_op' at 'updateMethodResponseInput.patchOperations.1.member.op' ${failed} ${ops}; Value 'wrong' at 'statusCode' ${failed} Member must satisfy regular expression pattern: [1-5]\\d\\d`,
    ],
    [
      'a list and what is beside it',
      'apigateway',
      'CreateRestApi',
      { name: 'x', endpointConfiguration: { types: ['wrong'], ipAddressType: 'wrong' } },
      'ValidationException',
      `2 validation errors detected: Value '[wrong]' at 'createRestApiInput.endpointConfiguration.types' ${failed} Member must satisfy constraint: [Member must satisfy enum value set: [PRIVATE, EDGE, REGIONAL]]; Value 'wrong' at 'createRestApiInput.endpointConfiguration.ipAddressType' ${failed} Member must satisfy enum value set: [ipv4, dualstack]`,
    ],
    [
      'elements that may not be null',
      'lambda',
      'CreateFunction',
      { FunctionName: 'f', Role: 'arn:aws:iam::123456789012:role/r', Code: {}, Architectures: ['X86_64'] },
      'ValidationException',
      `1 validation error detected: Value '[X86_64]' at 'architectures' ${failed} Member must satisfy constraint: [Member must satisfy enum value set: [x86_64, arm64], Member must not be null]`,
    ],
    [
      'elements with several constraints',
      'lambda',
      'UpdateFunctionConfiguration',
      { FunctionName: 'f', Layers: ['arn:aws:lambda:us-east-1:111111111111:layer:l'] },
      'ValidationException',
      `1 validation error detected: Value '[arn:aws:lambda:us-east-1:111111111111:layer:l]' at 'layers' ${failed} Member must satisfy constraint: [Member must have length less than or equal to 2048, Member must have length greater than or equal to 1, Member must satisfy regular expression pattern: (arn:(aws[a-zA-Z-]*)?:lambda:(eusc-)?[a-z]{2}((-gov)|(-iso([a-z]?)))?-[a-z]+-\\d{1}:\\d{12}:layer:[a-zA-Z0-9-_]+:[0-9]+)|(arn:[a-zA-Z0-9-]+:lambda:::awslayer:[a-zA-Z0-9-_]+), Member must not be null]`,
    ],
    [
      'too many elements',
      'lambda',
      'UpdateFunctionCode',
      { FunctionName: 'f', Architectures: ['x86_64', 'arm64'] },
      'ValidationException',
      `1 validation error detected: Value '[x86_64, arm64]' at 'architectures' ${failed} Member must have length less than or equal to 1`,
    ],
    [
      'a number',
      'logs',
      'FilterLogEvents',
      { logGroupName: 'g', limit: 10_001 },
      'InvalidParameterException',
      `1 validation error detected: Value '10001' at 'limit' ${failed} Member must have value less than or equal to 10000`,
    ],
    [
      'a number that may have a fraction',
      'xray',
      'CreateSamplingRule',
      {
        SamplingRule: {
          ...{ ResourceARN: '*', Priority: 1, FixedRate: 2, ReservoirSize: 1, ServiceName: '*', ServiceType: '*' },
          ...{ Host: '*', HTTPMethod: '*', URLPath: '*', Version: 1 },
        },
      },
      'InvalidRequestException',
      `1 validation error detected: Value '2.0' at 'samplingRule.fixedRate' ${failed} Member must have value less than or equal to 1.0`,
    ],
    [
      'such numbers in a map',
      'lambda',
      'UpdateAlias',
      { FunctionName: 'f', Name: 'a', RoutingConfig: { AdditionalVersionWeights: { 1: 0.5, 2: 1.5, 3: 1 } } },
      'ValidationException',
      `1 validation error detected: Value '{1=0.5, 2=1.5, 3=1.0}' at 'routingConfig.additionalVersionWeights' ${failed} Map value must satisfy constraint: [Member must have value less than or equal to 1.0, Member must have value greater than or equal to 0.0, Member must not be null]`,
    ],
    [
      'a text that is too long',
      'logs',
      'FilterLogEvents',
      { logGroupName: 'g', filterPattern: 'x'.repeat(1025) },
      'InvalidParameterException',
      `1 validation error detected: Value '${'x'.repeat(1025)}' at 'filterPattern' ${failed} Member must have length less than or equal to 1024`,
    ],
    [
      'a value that is not shown',
      'iam',
      'CreateRole',
      { RoleName: 'r'.repeat(65), AssumeRolePolicyDocument: '{}' },
      'ValidationError',
      `1 validation error detected: Value at 'roleName' ${failed} Member must have length less than or equal to 64`,
    ],
    [
      'what is not there',
      'iam',
      'TagRole',
      { RoleName: 'r', Tags: [{ Key: 'a', Value: '' }, { Key: 'b' }] },
      'ValidationError',
      `1 validation error detected: Value null at 'tags.2.member.value' ${failed} Member must not be null`,
    ],
    [
      'a secret',
      'cognito-idp',
      'AdminSetUserPassword',
      { UserPoolId: 'us-east-1_a', Username: 'u', Password: 'p w' },
      'InvalidParameterException',
      `1 validation error detected: Value at 'password' ${failed} Member must satisfy regular expression pattern: [\\S]+`,
    ],
    [
      "a map's keys",
      'logs',
      'TagResource',
      { resourceArn: 'arn:aws:logs:x', tags: { 'a&b': '1' } },
      'InvalidParameterException',
      `1 validation error detected: Value '{a&b=1}' at 'tags' ${failed} Map keys must satisfy constraint: [Member must have length less than or equal to 128, Member must have length greater than or equal to 1, Member must satisfy regular expression pattern: ^([\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]+)$]`,
    ],
  ])('%s', async (_what, service, operation, input, code, message) => {
    expect(await refusalOf(service, operation, input)).toEqual({ code, message });
  });

  it.each<[string, string, Record<string, unknown>]>([
    ['iam', 'CreateRole', { RoleName: 'a+=,.@-', AssumeRolePolicyDocument: '{"é": 1}' }],
    ['lambda', 'Invoke', { FunctionName: 'arn:aws:lambda:eusc-de-east-1:123456789012:function:f:live' }],
    ['apigateway', 'GetRestApis', {}],
    ['xray', 'PutTelemetryRecords', { TelemetryRecords: [] }],
  ])('what breaks none passes: %s %s', async (service, operation, input) => {
    expect(await refusalOf(service, operation, input)).toBeUndefined();
  });
});

describe('a constraint of every kind', () => {
  const constraints: Constraints = {
    source: 'this test',
    unsigned: [],
    numbers: {},
    inputs: { Do: 'DoInput' },
    shapes: {
      DoInput: {
        members: {
          Bytes: { shape: 'Bytes' },
          Pairs: { shape: 'Pairs' },
          Deep: { shape: 'Deep' },
          Grid: { shape: 'Grid' },
        },
      },
      Bytes: { min: 2, max: 3 },
      Pairs: { max: 1, value: 'Share' },
      Share: { min: 1, max: 9 },
      Deep: { members: { Deep: { shape: 'Deep' }, Name: { required: true } } },
      Grid: { of: 'Row' },
      Row: { min: 1, of: 'Share' },
    },
  };
  const messageOf = (input: Record<string, unknown>, style: Partial<ValidationStyle> = {}) => {
    try {
      createValidator(constraints, { code: 'Bad', ...style })('Do', input);
    } catch (error) {
      return String(error);
    }
    return 'nothing';
  };

  it.each<[Record<string, unknown>, RegExp]>([
    [{ Bytes: new Uint8Array(1) }, /at 'bytes' .* length greater than or equal to 2$/],
    [{ Bytes: new Uint8Array(4) }, /at 'bytes' .* length less than or equal to 3$/],
    [
      { Pairs: { a: 1, b: 10 } },
      /^.*2 validation errors detected: .*less than or equal to 1; Value '\{a=1, b=10\}' at 'pairs' .* Map value must satisfy constraint: \[Member must have value less than or equal to 9, Member must have value greater than or equal to 1\]$/,
    ],
    [{ Deep: { Name: 'x', Deep: { Name: 'y', Deep: {} } } }, /Value null at 'deep\.deep\.deep\.name'/],
    [{ Grid: [[1], [], [10]] }, /at 'grid\.2\.member' .* length greater .*; Value '\[10\]' at 'grid\.3\.member'/],
    [{ __proto__: null, Bytes: null }, /^nothing$/],
  ])('%j', (input, message) => {
    expect(messageOf(input)).toMatch(message);
  });
});

describe.each(servedServices)('the constraints of %s', (name) => {
  it('have patterns that can be matched', async () => {
    const { service } = await catalogOf(name);
    const patterns = Object.values(service.constraints.shapes).flatMap(({ pattern }) => pattern ?? []);
    expect(() => patterns.map((pattern) => compileForeign(pattern))).not.toThrow();
  });

  it('name inputs and members that the SDK has', async () => {
    const { service, operations } = await catalogOf(name);
    for (const operation of Object.keys(service.operations)) {
      const shape = service.constraints.shapes[service.constraints.inputs[operation] ?? ''];
      const known = operations.get(operation)?.input;
      const members = known?.isStructSchema() ? [...known.structIterator()].map(([member]) => member) : [];
      expect(members, operation).toEqual(expect.arrayContaining(Object.keys(shape?.members ?? {})));
    }
  });
});

it('knows which members of API Gateway are in the path', () => {
  const schema = NormalizedSchema.of(apiGateway.PutMethodResponseRequest$ as never);
  const labels = [...schema.structIterator()].filter(([, member]) => member.getMergedTraits().httpLabel);
  expect(labels.map(([member]) => member).sort()).toEqual(['httpMethod', 'resourceId', 'restApiId', 'statusCode']);
});
