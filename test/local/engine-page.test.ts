import { readFileSync, writeFileSync } from 'node:fs';
import { APIGateway } from '@aws-sdk/client-api-gateway';
import { CloudWatchLogs } from '@aws-sdk/client-cloudwatch-logs';
import { CognitoIdentityProvider } from '@aws-sdk/client-cognito-identity-provider';
import { DynamoDB } from '@aws-sdk/client-dynamodb';
import { IAM } from '@aws-sdk/client-iam';
import { Lambda } from '@aws-sdk/client-lambda';
import { STS } from '@aws-sdk/client-sts';
import { XRay } from '@aws-sdk/client-xray';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findCatalog, servedServices } from '../../src/local/services.ts';
import { type LambdaFixture, startLambda, zip } from './lambda/function.ts';
import { refusal } from './refusal.ts';
import { withServedLists } from './served-lists.ts';

/**
 * `docs/engine.md` says what the engine serves and refuses; here the engine is asked. The lists of what is served are written
 * here, from the engine's tables, but in CI: there, what was not committed fails.
 */
const file = new URL('../../docs/engine.md', import.meta.url);
const committed = readFileSync(file, 'utf8');
const page = process.env.CI ? committed : await withServedLists(committed);
if (page !== committed) {
  writeFileSync(file, page);
  process.stderr.write('docs/engine.md has new lists of what is served: commit it\n');
}

interface Section {
  service: string;
  served: string[];
  /** `CreateFunction` → `Layers`…; what is refused as a whole has no members. */
  refused: { call: string; members: string[] }[];
}

const codeSpans = (text: string) => [...text.matchAll(/`([^`]+)`/g)].map(([, span = '']) => span);

function readSection(text: string): Section {
  const [heading = '', ...rest] = text.split('\n');
  const [served = '', refused = ''] = rest.join('\n').split('\nRefused:\n');
  const lists = served.split('\n\n').filter((paragraph) => paragraph.trim().startsWith('`'));
  const bullets = refused.split(/^- /m).slice(1);
  return {
    service: codeSpans(heading)[0] ?? '',
    served: lists.flatMap(codeSpans),
    refused: bullets.flatMap((bullet) => {
      const [call = '', ...members] = codeSpans(bullet);
      return bullet.includes(':')
        ? [{ call, members }]
        : codeSpans(bullet).map((each) => ({ call: each, members: [] }));
    }),
  };
}

const sections = page.split(/^## /m).slice(1).map(readSection);

let fixture: LambdaFixture;
let clients: Record<string, object>;
/** What each call needs to be a good one, without the member that is refused. */
let good: Record<string, object>;

beforeAll(async () => {
  fixture = await startLambda();
  await fixture.create('here', 'exports.handler = async () => 1;');
  const config = { ...fixture.engine.clientConfig, maxAttempts: 1 };
  const [gateway, cognito, dynamodb] = [
    new APIGateway(config),
    new CognitoIdentityProvider(config),
    new DynamoDB(config),
  ];
  clients = {
    apigateway: gateway,
    'cognito-idp': cognito,
    dynamodb,
    iam: new IAM(config),
    lambda: new Lambda(config),
    logs: new CloudWatchLogs(config),
    sts: new STS(config),
    xray: new XRay(config),
  };
  const { id: restApiId, rootResourceId: resourceId } = await gateway.createRestApi({ name: 'here' });
  const method = { restApiId, resourceId, httpMethod: 'GET' };
  await gateway.putMethod({ ...method, authorizationType: 'NONE' });
  await gateway.putIntegration({ ...method, type: 'MOCK' });
  const { id: deploymentId } = await gateway.createDeployment({ restApiId, stageName: 'here' });
  const { UserPool } = await cognito.createUserPool({ PoolName: 'here' });
  const table = {
    TableName: 'here',
    KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' as const }],
    AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' as const }],
    BillingMode: 'PAY_PER_REQUEST' as const,
  };
  await dynamodb.createTable(table);
  const ZipFile = zip({ 'index.js': 'exports.handler = async () => 2;' });
  const uri = 'arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/x/invocations';
  const identitySource = 'method.request.header.Authorization';
  good = {
    CreateRestApi: { name: 'new' },
    CreateAuthorizer: { restApiId, name: 'new', identitySource },
    PutMethod: { ...method, httpMethod: 'POST' },
    PutIntegration: { ...method, type: 'AWS', integrationHttpMethod: 'POST', uri },
    CreateRequestValidator: { restApiId, name: 'new' },
    CreateStage: { restApiId, deploymentId, stageName: 'new' },
    UpdateStage: { restApiId, stageName: 'here' },
    CreateUserPool: { PoolName: 'new' },
    CreateUserPoolClient: { UserPoolId: UserPool?.Id, ClientName: 'new' },
    CreateUserPoolDomain: { UserPoolId: UserPool?.Id, Domain: 'new' },
    CreateTable: { ...table, TableName: 'new' },
    AssumeRole: { RoleArn: fixture.roleArn, RoleSessionName: 'new' },
    UpdateTable: { TableName: 'here' },
    CreateFunction: {
      FunctionName: 'new',
      Role: fixture.roleArn,
      Runtime: 'nodejs22.x',
      Handler: 'index.handler',
      Code: { ZipFile },
    },
    UpdateFunctionCode: { FunctionName: 'here', ZipFile },
    UpdateFunctionConfiguration: { FunctionName: 'here' },
    PublishVersion: { FunctionName: 'here' },
    CreateLogGroup: { logGroupName: 'new' },
  };
});
afterAll(() => fixture?.engine.stop());

const kms = 'arn:aws:kms:us-east-1:000000000000:key/k';
const patch = (path: string, value: string) => ({ patchOperations: [{ op: 'replace', path, value }] });
const mapped = { 'integration.request.header.X': "'1'" };

/** How a member, or a value named by itself, is asked for; what is not here is asked for as itself: `true`. */
const asked: Record<string, object> = {
  cloneFrom: { cloneFrom: 'abcdefghij' },
  policy: { policy: '{}' },
  securityPolicy: { securityPolicy: 'TLS_1_2' },
  endpointAccessMode: { endpointAccessMode: 'STRICT' },
  vpcEndpointIds: { endpointConfiguration: { types: ['REGIONAL'], vpcEndpointIds: ['vpce-1'] } },
  PRIVATE: { endpointConfiguration: { types: ['PRIVATE'] } },
  TOKEN: { type: 'TOKEN' },
  REQUEST: { type: 'REQUEST' },
  AWS_IAM: { authorizationType: 'AWS_IAM' },
  HTTP: { type: 'HTTP', uri: 'http://example.com' },
  HTTP_PROXY: { type: 'HTTP_PROXY', uri: 'http://example.com' },
  connectionType: { connectionType: 'VPC_LINK' },
  credentials: { credentials: 'arn:aws:iam::000000000000:role/r' },
  requestParameters: { requestParameters: mapped },
  cacheKeyParameters: { cacheKeyParameters: ['method.request.path.id'] },
  tlsConfig: { tlsConfig: { insecureSkipVerification: true } },
  STREAM: { responseTransferMode: 'STREAM' },
  canarySettings: { canarySettings: { percentTraffic: 1 } },
  documentationVersion: { documentationVersion: '1' },
  clientCertificateId: patch('/clientCertificateId', 'x'),
  loggingLevel: patch('/*/*/logging/loglevel', 'INFO'),
  metricsEnabled: patch('/*/*/metrics/enabled', 'true'),
  cachingEnabled: patch('/*/*/caching/enabled', 'true'),
  MfaConfiguration: { MfaConfiguration: 'ON' },
  LambdaConfig: { LambdaConfig: { PreSignUp: 'arn:aws:lambda:us-east-1:000000000000:function:f' } },
  DeviceConfiguration: { DeviceConfiguration: {} },
  UserPoolAddOns: { UserPoolAddOns: { AdvancedSecurityMode: 'AUDIT' } },
  SignInPolicy: { Policies: { SignInPolicy: { AllowedFirstAuthFactors: ['EMAIL_OTP'] } } },
  AnalyticsConfiguration: { AnalyticsConfiguration: { ApplicationId: 'a' } },
  CustomDomainConfig: { CustomDomainConfig: { CertificateArn: 'arn:aws:acm:us-east-1:000000000000:certificate/c' } },
  ResourcePolicy: { ResourcePolicy: '{}' },
  GlobalTableSourceArn: { GlobalTableSourceArn: 'arn:aws:dynamodb:us-east-1:000000000000:table/t' },
  VectorIndexes: { VectorIndexes: [{ IndexName: 'near' }] },
  VectorIndexUpdates: { VectorIndexUpdates: [{ Delete: { IndexName: 'near' } }] },
  ReplicaUpdates: { ReplicaUpdates: [{ Create: { RegionName: 'eu-west-1' } }] },
  Layers: { Layers: ['arn:aws:lambda:us-east-1:000000000000:layer:l:1'] },
  VpcConfig: { VpcConfig: { SubnetIds: ['subnet-1'] } },
  FileSystemConfigs: {
    FileSystemConfigs: [
      {
        Arn: 'arn:aws:elasticfilesystem:us-east-1:000000000000:access-point/fsap-0123456789abcdef0',
        LocalMountPath: '/mnt/a',
      },
    ],
  },
  ImageConfig: { ImageConfig: {} },
  DeadLetterConfig: { DeadLetterConfig: { TargetArn: 'arn:aws:sqs:us-east-1:000000000000:q' } },
  KMSKeyArn: { KMSKeyArn: kms },
  SourceKMSKeyArn: { SourceKMSKeyArn: kms },
  CodeSigningConfigArn: {
    CodeSigningConfigArn: 'arn:aws:lambda:us-east-1:000000000000:code-signing-config:csc-0123456789abcdef0',
  },
  SnapStart: { SnapStart: { ApplyOn: 'PublishedVersions' } },
  CapacityProviderConfig: {
    CapacityProviderConfig: {
      LambdaManagedInstancesCapacityProviderConfig: {
        CapacityProviderArn: 'arn:aws:lambda:us-east-1:000000000000:capacity-provider:c',
      },
    },
  },
  DurableConfig: { DurableConfig: {} },
  PublishTo: { PublishTo: 'LATEST_PUBLISHED' },
  TenancyConfig: { TenancyConfig: { TenantIsolationMode: 'PER_TENANT' } },
  kmsKeyId: { kmsKeyId: kms },
  Policy: { Policy: '{}' },
  PolicyArns: { PolicyArns: [{ arn: 'arn:aws:iam::aws:policy/AdministratorAccess' }] },
  SerialNumber: { SerialNumber: 'arn:aws:iam::000000000000:mfa/m' },
  SourceIdentity: { SourceIdentity: 'ada' },
};

/** No member of these calls is looked at, but SDK clients want those that make the path of a REST call. */
const inPaths = {
  restApiId: 'x',
  stageName: 'x',
  exportType: 'oas30',
  FunctionName: 'x',
  Name: 'x',
  LayerName: 'x',
  Qualifier: 'x',
};

function send(service: string, call: string, input: object): Promise<unknown> {
  const method: unknown = Reflect.get(clients[service] ?? {}, `${call[0]?.toLowerCase()}${call.slice(1)}`);
  if (typeof method !== 'function') throw new Error(`${service} has no ${call}`);
  return method.call(clients[service], input);
}

it('the page has a section for each service, and the README leads to it', () => {
  expect(sections.map(({ service }) => service)).toEqual([...servedServices].sort());
  expect(readFileSync(new URL('../../README.md', import.meta.url), 'utf8')).toContain('](docs/engine.md)');
});

describe.each(sections)('$service', ({ service, served, refused }) => {
  it('serves what the page lists, and nothing else', async () => {
    const catalog = await findCatalog(undefined, service);
    expect(served).toEqual(Object.keys(catalog?.service.operations ?? {}).sort());
  });

  it.each(refused.filter(({ members }) => members.length === 0))('refuses $call as a whole', async ({ call }) => {
    expect(served).not.toContain(call);
    const { message, status } = await refusal(send(service, call, inPaths));
    expect(message).toContain(call);
    expect([400, 404]).toContain(status);
  });

  const members = refused.flatMap(({ call, members }) => members.map((member) => ({ call, member })));
  it.each(members)('refuses $member of $call, by name', async ({ call, member }) => {
    const { message, status } = await refusal(
      send(service, call, { ...good[call], ...(asked[member] ?? { [member]: true }) }),
    );
    expect(message).toContain(member);
    expect(message).toMatch(/not serve/);
    expect(status).toBe(400);
  });
});
