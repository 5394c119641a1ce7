import type {
  APIGateway,
  Authorizer,
  CreateAuthorizerCommandInput,
  DeleteAuthorizerCommandInput,
  GetAuthorizerCommandInput,
  GetAuthorizersCommandInput,
  TestInvokeAuthorizerCommandInput,
  UpdateAuthorizerCommandInput,
} from '@aws-sdk/client-api-gateway';
import { ownMember } from '../../own-member.ts';
import { authorizeByPool } from '../execute-api/authorize.ts';
import type { Operations } from '../operations.ts';
import { AwsError, type Call } from '../service.ts';
import { applyPatch, type Patchable } from './patch.ts';
import {
  type ApiRecord,
  newId,
  pageOf,
  refuseBeyond,
  refuseUnserved,
  requireApi,
  requireApiOr,
  saveApi,
  without,
} from './records.ts';

async function createAuthorizer(input: CreateAuthorizerCommandInput, { engine, region }: Call) {
  // So AWS answers an API that is not there. Recorded (2024): localstack test_authorizer_crud_no_api.
  const message = 'Unable to complete operation due to concurrent modification. Please try again later.';
  const missing = new AwsError('ConflictException', message);
  const api = requireApiOr(missing, engine, { region, id: input.restApiId });
  const { restApiId: _, name = '', ...rest } = input;
  refuseTakenName(api, name);
  refuseBeyond(10, api.authorizers, 'authorizers');
  const authorizer: Authorizer = { id: newId(6), name, ...rest, authType: rest.authType ?? 'cognito_user_pools' };
  checkAuthorizer(authorizer);
  await save({ engine, api, authorizer });
  return authorizer;
}

function refuseTakenName(api: ApiRecord, name: string): void {
  if (!Object.values(api.authorizers).some((other) => other.name === name)) return;
  throw new AwsError(
    'BadRequestException',
    `Authorizer name must be unique. Authorizer ${name} already exists in this RestApi.`,
  );
}

function checkAuthorizer({ type, providerARNs, identitySource }: Authorizer): void {
  refuseUnserved({ [`authorizers of type ${type}, only COGNITO_USER_POOLS`]: type !== 'COGNITO_USER_POOLS' });
  const isPool = (arn: string) => /^arn:aws[a-z-]*:cognito-idp:[a-z0-9-]+:\d{12}:userpool\/[\w-]+$/.test(arn);
  if (!providerARNs?.length || !providerARNs.every(isPool)) {
    throw new AwsError('BadRequestException', 'Invalid Authorizer provider ARN specified.');
  }
  if (!identitySource?.startsWith('method.request.header.')) {
    throw new AwsError('BadRequestException', 'Identity source must be a method request header');
  }
}

const patchableAuthorizer: Patchable = {
  kinds: {
    '/name': 'text',
    '/type': 'text',
    '/authType': 'text',
    '/authorizerResultTtlInSeconds': 'number',
    '/identitySource': 'text',
    '/identityValidationExpression?': 'text',
    '/providerARNs': 'list',
  },
};

const save = ({ engine, api, authorizer }: { engine: Call['engine']; api: ApiRecord; authorizer: Authorizer }) =>
  saveApi(engine, { ...api, authorizers: { ...api.authorizers, [authorizer.id ?? '']: authorizer } });

function requireAuthorizer(api: ApiRecord, id: string | undefined): Authorizer {
  const found = ownMember(api.authorizers, id);
  if (!found) throw new AwsError('NotFoundException', 'Invalid Authorizer identifier specified');
  return found;
}

function getAuthorizer(input: GetAuthorizerCommandInput, { engine, region }: Call) {
  return requireAuthorizer(requireApi(engine, region, input.restApiId), input.authorizerId);
}

function getAuthorizers(input: GetAuthorizersCommandInput, { engine, region }: Call) {
  return pageOf(Object.values(requireApi(engine, region, input.restApiId).authorizers), ({ id }) => id, input);
}

async function updateAuthorizer(input: UpdateAuthorizerCommandInput, { engine, region }: Call) {
  const api = requireApi(engine, region, input.restApiId);
  const before = requireAuthorizer(api, input.authorizerId);
  const authorizer = applyPatch(before, patchableAuthorizer, input.patchOperations);
  if (authorizer.name !== before.name) refuseTakenName(api, authorizer.name ?? '');
  checkAuthorizer(authorizer);
  await save({ engine, api, authorizer });
  return authorizer;
}

async function deleteAuthorizer(input: DeleteAuthorizerCommandInput, { engine, region }: Call) {
  const api = requireApi(engine, region, input.restApiId);
  const { id, name } = requireAuthorizer(api, input.authorizerId);
  for (const { path, methods } of Object.values(api.resources)) {
    const user = Object.values(methods).find(({ authorizerId }) => authorizerId === id);
    if (user) {
      throw new AwsError(
        'ConflictException',
        `Cannot delete authorizer '${name}', is referenced in method: ${user.httpMethod}/${path}`,
      );
    }
  }
  await saveApi(engine, { ...api, authorizers: without(api.authorizers, id) });
}

async function testInvokeAuthorizer(input: TestInvokeAuthorizerCommandInput, { engine, region }: Call) {
  const authorizer = requireAuthorizer(requireApi(engine, region, input.restApiId), input.authorizerId);
  const startedAt = performance.now();
  const headers = [
    ...Object.entries(input.headers ?? {}),
    ...Object.entries(input.multiValueHeaders ?? {}).flatMap(([name, values]) =>
      values.map((value): [string, string] => [name, value]),
    ),
  ];
  const verdict = await authorizeByPool(engine, { authorizer, headers, scopes: undefined });
  const latency = Math.round(performance.now() - startedAt);
  if (verdict.allowed) {
    return { clientStatus: 0, latency, claims: verdict.claims, log: 'The token was verified.' };
  }
  return { clientStatus: 401, latency, log: `Unauthorized: ${verdict.message}` };
}

export const authorizerOperations = {
  CreateAuthorizer: createAuthorizer,
  DeleteAuthorizer: deleteAuthorizer,
  GetAuthorizer: getAuthorizer,
  GetAuthorizers: getAuthorizers,
  TestInvokeAuthorizer: testInvokeAuthorizer,
  UpdateAuthorizer: updateAuthorizer,
} satisfies Operations<APIGateway>;
