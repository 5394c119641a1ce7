import {
  CognitoIdentityProvider,
  type CreateUserPoolClientCommandInput,
  type CreateUserPoolCommandInput,
} from '@aws-sdk/client-cognito-identity-provider';
import { IAM } from '@aws-sdk/client-iam';
import { startEngine, type TestEngine } from '../../start-engine.ts';

export interface PoolFixture {
  engine: TestEngine;
  cognito: CognitoIdentityProvider;
  poolId: string;
  poolArn: string;
  clientId: string;
  clientSecret: string | undefined;
  /** Moves the engine's clock, which else goes on by a millisecond with each call; signed calls go on working, their clients move with it. */
  advance(ms: number): void;
}

export const password = 'second2';

/** An engine with a pool, a client that allows every flow, and `testuser` with a permanent password. */
export async function startPool(
  options: {
    pool?: Partial<CreateUserPoolCommandInput>;
    client?: Partial<CreateUserPoolClientCommandInput>;
    scale?: number;
    dataDir?: string;
    slowPasswords?: boolean;
  } = {},
): Promise<PoolFixture> {
  let nowMs = Date.now();
  const { scale, dataDir, slowPasswords = false } = options;
  const engine = await startEngine({
    clock: () => nowMs,
    slowPasswords,
    ...(scale !== undefined && { scale }),
    ...(dataDir !== undefined && { dataDir }),
  });
  const cognito = new CognitoIdentityProvider({ ...engine.clientConfig, maxAttempts: 1 });
  // Before each call: the client would set its clock back by the Date header of every answer.
  cognito.middlewareStack.add(
    (next) => (call) => {
      nowMs += 1;
      cognito.config.systemClockOffset = nowMs - Date.now();
      return next(call);
    },
    { step: 'initialize' },
  );
  const pool = await addPool(cognito, options.pool);
  const { UserPoolClient: client = {} } = await cognito.createUserPoolClient({
    UserPoolId: pool.poolId,
    ClientName: 'app',
    ExplicitAuthFlows: [
      'ALLOW_USER_PASSWORD_AUTH',
      'ALLOW_ADMIN_USER_PASSWORD_AUTH',
      'ALLOW_USER_SRP_AUTH',
      'ALLOW_REFRESH_TOKEN_AUTH',
    ],
    ...options.client,
  });
  await addUser(cognito, pool.poolId, 'testuser');
  return {
    engine,
    cognito,
    ...pool,
    clientId: client.ClientId ?? '',
    clientSecret: client.ClientSecret,
    advance(ms) {
      nowMs += ms;
    },
  };
}

/** A role by which a pool may send text messages, with what it says when it assumes the role. */
export async function addSmsRole(
  engine: TestEngine,
  RoleName: string,
  { service = 'cognito-idp.amazonaws.com', action = 'sns:Publish' } = {},
): Promise<{ SnsCallerArn: string; ExternalId: string }> {
  const iam = new IAM(engine.clientConfig);
  const Version = '2012-10-17';
  const trust = {
    Effect: 'Allow',
    Principal: { Service: service },
    Action: 'sts:AssumeRole',
    Condition: { StringEquals: { 'sts:ExternalId': 'its pool' } },
  };
  const AssumeRolePolicyDocument = JSON.stringify({ Version, Statement: [trust] });
  const { Role } = await iam.createRole({ RoleName, AssumeRolePolicyDocument });
  const policy = { Version, Statement: [{ Effect: 'Allow', Action: action, Resource: '*' }] };
  await iam.putRolePolicy({ RoleName, PolicyName: 'sms', PolicyDocument: JSON.stringify(policy) });
  return { SnsCallerArn: Role?.Arn ?? '', ExternalId: 'its pool' };
}

export async function addPool(
  cognito: CognitoIdentityProvider,
  settings: Partial<CreateUserPoolCommandInput> = {},
): Promise<{ poolId: string; poolArn: string }> {
  const { UserPool: pool = {} } = await cognito.createUserPool({
    PoolName: 'serverlesspool',
    Policies: { PasswordPolicy: { MinimumLength: 6 } },
    UsernameConfiguration: { CaseSensitive: false },
    ...settings,
  });
  return { poolId: pool.Id ?? '', poolArn: pool.Arn ?? '' };
}

export async function addUser(cognito: CognitoIdentityProvider, poolId: string, username: string): Promise<void> {
  await cognito.adminCreateUser({ UserPoolId: poolId, Username: username, MessageAction: 'SUPPRESS' });
  const settings = { UserPoolId: poolId, Username: username, Password: password, Permanent: true };
  await cognito.adminSetUserPassword(settings);
}

/** Signs `testuser` in by password. */
export async function signIn(
  { cognito, clientId }: PoolFixture,
  credentials: { username?: string; password?: string } = {},
): Promise<{ idToken: string; accessToken: string; refreshToken: string }> {
  const { AuthenticationResult: tokens = {} } = await cognito.initiateAuth({
    ClientId: clientId,
    AuthFlow: 'USER_PASSWORD_AUTH',
    AuthParameters: {
      USERNAME: credentials.username ?? 'testuser',
      PASSWORD: credentials.password ?? password,
    },
  });
  const { IdToken: idToken = '', AccessToken: accessToken = '', RefreshToken: refreshToken = '' } = tokens;
  return { idToken, accessToken, refreshToken };
}

/** The payload of a token, unverified. */
export function claimsOf(token: string): Record<string, unknown> {
  return JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString());
}
