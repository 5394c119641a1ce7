import { APIGateway } from '@aws-sdk/client-api-gateway';
import { CloudWatchLogs } from '@aws-sdk/client-cloudwatch-logs';
import { CognitoIdentityProvider } from '@aws-sdk/client-cognito-identity-provider';
import { IAM } from '@aws-sdk/client-iam';
import { Lambda } from '@aws-sdk/client-lambda';
import { XRay } from '@aws-sdk/client-xray';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startEngine, type TestEngine } from '../../start-engine.ts';

let engine: TestEngine;
beforeAll(async () => {
  engine = await startEngine();
});
afterAll(() => engine.stop());

const missing = (...members: string[]) =>
  `${members.length === 1 ? '1 validation error' : `${members.length} validation errors`} detected: ${members
    .map((member) => `Value null at '${member}' failed to satisfy constraint: Member must not be null`)
    .join('; ')}`;

describe('a required member that is missing', () => {
  const config = () => ({ ...engine.clientConfig, maxAttempts: 1 });
  const calls: Record<string, [call: () => Promise<unknown>, name: string, message: string]> = {
    Cognito: [
      () => new CognitoIdentityProvider(config()).adminGetUser({ UserPoolId: undefined, Username: undefined }),
      'InvalidParameterException',
      missing('userPoolId', 'username'),
    ],
    'Cognito, in a list': [
      () =>
        new CognitoIdentityProvider(config()).adminUpdateUserAttributes({
          UserPoolId: 'us-east-1_x',
          Username: 'x',
          UserAttributes: [{ Name: 'a' }, { Name: undefined, Value: 'b' }],
        }),
      'InvalidParameterException',
      missing('userAttributes.2.member.name'),
    ],
    IAM: [
      () => new IAM(config()).tagRole({ RoleName: 'x', Tags: [{ Key: 'a', Value: undefined }] }),
      'ValidationError',
      missing('tags.1.member.value'),
    ],
    Logs: [
      () => new CloudWatchLogs(config()).putRetentionPolicy({ logGroupName: 'x', retentionInDays: undefined }),
      'InvalidParameterException',
      missing('retentionInDays'),
    ],
    Lambda: [
      () => new Lambda(config()).createFunction({ FunctionName: 'x', Role: undefined, Code: {} }),
      'ValidationException',
      missing('role'),
    ],
    'API Gateway': [
      () => new APIGateway(config()).createRestApi({ name: undefined }),
      'ValidationException',
      missing('createRestApiInput.name'),
    ],
    'X-Ray': [
      () => new XRay(config()).getTraceSummaries({ StartTime: new Date(), EndTime: undefined }),
      'InvalidRequestException',
      missing('endTime'),
    ],
  };

  it.each(Object.keys(calls))('is named by %s as AWS names it', async (service) => {
    const [call, name, message] = calls[service] ?? [];
    await expect(call?.()).rejects.toMatchObject({ name, message });
  });
});
