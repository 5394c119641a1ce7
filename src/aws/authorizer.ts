import {
  APIGatewayClient,
  type Authorizer,
  CreateAuthorizerCommand,
  DeleteAuthorizerCommand,
  GetAuthorizersCommand,
  type PatchOperation,
  UpdateAuthorizerCommand,
} from '@aws-sdk/client-api-gateway';
import type { Change } from '../change.ts';
import type { Aws } from './aws.ts';
import { answerLost, ignoreMissing } from './errors.ts';
import { differences, type Existing, type Resource } from './resource.ts';

export interface DesiredAuthorizer {
  apiId: string;
  name: string;
  userPoolArn: string;
  /** The app client whose tokens are taken; those of the pool's other clients are not. */
  clientId: string;
}

export interface ActualAuthorizer extends Existing {
  apiId: string;
  authorizerId: string;
  type: string;
  userPoolArns: string[];
  identitySource: string;
  /** Regular expression that the token's `aud` must match; empty: any does. */
  audience: string;
}

export const identitySource = 'method.request.header.Authorization';

async function read(aws: Aws, desired: DesiredAuthorizer): Promise<ActualAuthorizer | undefined> {
  let position: string | undefined;
  do {
    const command = new GetAuthorizersCommand({ restApiId: desired.apiId, limit: 500, ...(position && { position }) });
    const page = await aws.call(APIGatewayClient, command).catch(ignoreMissing);
    const authorizer = page?.items?.find(({ name }) => name === desired.name);
    if (authorizer) return actual(desired, authorizer);
    position = page?.position;
  } while (position);
  return undefined;
}

function actual(desired: DesiredAuthorizer, authorizer: Authorizer): ActualAuthorizer {
  return {
    id: authorizer.id ?? '',
    apiId: desired.apiId,
    authorizerId: authorizer.id ?? '',
    type: authorizer.type ?? '',
    userPoolArns: authorizer.providerARNs ?? [],
    identitySource: authorizer.identitySource ?? '',
    audience: authorizer.identityValidationExpression ?? '',
  };
}

const wanted = ({ userPoolArn, clientId }: DesiredAuthorizer) => ({
  type: 'COGNITO_USER_POOLS' as const,
  userPoolArns: [userPoolArn],
  identitySource,
  audience: clientId,
});

function compare(desired: DesiredAuthorizer, found: ActualAuthorizer): Change[] {
  return differences(wanted(desired), { ...found });
}

async function create(aws: Aws, desired: DesiredAuthorizer): Promise<ActualAuthorizer> {
  const { apiId: restApiId, name, userPoolArn, clientId } = desired;
  const made = await aws.call(
    APIGatewayClient,
    new CreateAuthorizerCommand({
      restApiId,
      name,
      type: 'COGNITO_USER_POOLS',
      providerARNs: [userPoolArn],
      identitySource,
      identityValidationExpression: clientId,
    }),
    { once: true },
  );
  if (!made.id) throw answerLost('API Gateway CreateAuthorizer: the answer has no id in it.');
  return actual(desired, made);
}

async function update(
  aws: Aws,
  change: { desired: DesiredAuthorizer; actual: ActualAuthorizer },
): Promise<ActualAuthorizer> {
  const { desired, actual: found } = change;
  const patchOperations: PatchOperation[] = [];
  if (found.type !== 'COGNITO_USER_POOLS') {
    patchOperations.push({ op: 'replace', path: '/type', value: 'COGNITO_USER_POOLS' });
  }
  if (!found.userPoolArns.includes(desired.userPoolArn)) {
    patchOperations.push({ op: 'add', path: '/providerARNs', value: desired.userPoolArn });
  }
  for (const value of found.userPoolArns.filter((arn) => arn !== desired.userPoolArn)) {
    patchOperations.push({ op: 'remove', path: '/providerARNs', value });
  }
  if (found.identitySource !== identitySource) {
    patchOperations.push({ op: 'replace', path: '/identitySource', value: identitySource });
  }
  if (found.audience !== desired.clientId) {
    patchOperations.push({ op: 'replace', path: '/identityValidationExpression', value: desired.clientId });
  }
  const ids = { restApiId: desired.apiId, authorizerId: found.authorizerId };
  if (patchOperations.length > 0) {
    await aws.call(APIGatewayClient, new UpdateAuthorizerCommand({ ...ids, patchOperations }));
  }
  return { ...found, ...wanted(desired) };
}

async function remove(aws: Aws, { apiId, authorizerId }: ActualAuthorizer): Promise<void> {
  const command = new DeleteAuthorizerCommand({ restApiId: apiId, authorizerId });
  await aws.call(APIGatewayClient, command).catch(ignoreMissing);
}

export const authorizer: Resource<DesiredAuthorizer, ActualAuthorizer> = { read, compare, create, update, remove };
