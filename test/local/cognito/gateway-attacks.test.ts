import { request } from 'node:http';
import { connect } from 'node:net';
import { APIGateway } from '@aws-sdk/client-api-gateway';
import { IAM } from '@aws-sdk/client-iam';
import { Lambda } from '@aws-sdk/client-lambda';
import { zipSync } from 'fflate';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { forge, poolKeys } from './forge.ts';
import { addPool, addUser, claimsOf, type PoolFixture, signIn, startPool } from './pool-fixture.ts';
import { type TokenAttack, tokenAttacks } from './token-attacks.ts';

let fixture: PoolFixture;
let good: Awaited<ReturnType<typeof signIn>>;
let attacks: TokenAttack[];
let url: URL;

/** A deployed API whose one method wants a token of the pool. */
async function deployApi(): Promise<URL> {
  const { clientConfig: config, endpoint } = fixture.engine;
  const [iam, lambda, gateway] = [new IAM(config), new Lambda(config), new APIGateway(config)];
  const trust = { Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' }, Action: 'sts:AssumeRole' };
  const document = JSON.stringify({ Version: '2012-10-17', Statement: [trust] });
  const { Role: role } = await iam.createRole({ RoleName: 'attacked', AssumeRolePolicyDocument: document });
  const source = 'exports.handler = async () => ({ reached: true });';
  const made = await lambda.createFunction({
    FunctionName: 'attacked',
    Role: role?.Arn,
    Runtime: 'nodejs22.x',
    Handler: 'index.handler',
    Code: { ZipFile: zipSync({ 'index.js': Buffer.from(source) }) },
  });
  await lambda.addPermission({
    FunctionName: 'attacked',
    StatementId: 'gateway',
    Action: 'lambda:InvokeFunction',
    Principal: 'apigateway.amazonaws.com',
  });
  const { id: restApiId = '' } = await gateway.createRestApi({ name: 'attacked' });
  const { items: [root] = [] } = await gateway.getResources({ restApiId });
  const { id: authorizerId } = await gateway.createAuthorizer({
    restApiId,
    name: 'pool',
    type: 'COGNITO_USER_POOLS',
    providerARNs: [fixture.poolArn],
    identitySource: 'method.request.header.Authorization',
  });
  const { id: resourceId } = await gateway.createResource({ restApiId, parentId: root?.id, pathPart: 'thing' });
  const method = { restApiId, resourceId, httpMethod: 'POST' };
  await gateway.putMethod({ ...method, authorizationType: 'COGNITO_USER_POOLS', authorizerId });
  await gateway.putMethodResponse({ ...method, statusCode: '200' });
  const uri = `arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/${made.FunctionArn}/invocations`;
  await gateway.putIntegration({ ...method, type: 'AWS', integrationHttpMethod: 'POST', uri });
  await gateway.putIntegrationResponse({ ...method, statusCode: '200' });
  await gateway.createDeployment({ restApiId, stageName: 'prod' });
  return new URL(`${endpoint}/_aws/execute-api/${restApiId}/prod/thing`);
}

beforeAll(async () => {
  fixture = await startPool();
  const { cognito } = fixture;
  const other = await addPool(cognito);
  await addUser(cognito, other.poolId, 'testuser');
  const { UserPoolClient: client } = await cognito.createUserPoolClient({
    UserPoolId: other.poolId,
    ClientName: 'other',
    ExplicitAuthFlows: ['ALLOW_USER_PASSWORD_AUTH'],
  });
  good = await signIn(fixture);
  attacks = tokenAttacks(fixture, {
    good: good.idToken,
    another: (await signIn(fixture)).idToken,
    foreign: (await signIn({ ...fixture, clientId: client?.ClientId ?? '' })).idToken,
    refresh: good.refreshToken,
    otherPoolId: other.poolId,
  });
  url = await deployApi();
});
afterAll(() => fixture?.engine.stop());

interface Answer {
  status: number;
  body: string;
}

/** A call with Authorization headers as a program may send them; several where the list has several. */
function call(authorization: string[]): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const headers: Record<string, string[]> = authorization.length > 0 ? { authorization } : {};
    const sent = request(url, { method: 'POST', headers }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () => resolve({ status: response.statusCode ?? 0, body: Buffer.concat(chunks).toString() }));
    });
    sent.on('error', reject);
    sent.end('{}');
  });
}

/** The same, byte by byte: what no client library would send. Resolves to the status of the first answer, 0 for none. */
function callRaw(lines: string[]): Promise<number> {
  return new Promise((resolve) => {
    const socket = connect(Number(url.port), url.hostname);
    let text = '';
    socket.setTimeout(5_000, () => socket.destroy());
    socket.on('data', (chunk) => {
      text += chunk.toString('latin1');
    });
    socket.on('error', () => undefined);
    socket.on('close', () => resolve(Number(/^HTTP\/1\.1 (\d{3})/.exec(text)?.[1] ?? 0)));
    const start = `POST ${url.pathname} HTTP/1.1\r\nhost: ${url.host}\r\nconnection: close\r\n`;
    socket.write(`${start}${lines.join('\r\n')}\r\ncontent-length: 2\r\n\r\n{}`, 'latin1');
  });
}

describe('a guarded API', () => {
  it('opens for an id token, bare or as Bearer', async () => {
    for (const header of [good.idToken, `Bearer ${good.idToken}`]) {
      expect(await call([header])).toEqual({ status: 200, body: '{"reached":true}' });
    }
  });

  it('stays shut for every attack that a header can carry, bare or as Bearer', async () => {
    // API Gateway takes 10,240 bytes of headers in all (docs/aws-facts.md#fact-2-2).
    const carried = attacks.filter(({ token }) => /^[\x21-\x7e][\x20-\x7e]*$/.test(token) && token.length < 9_000);
    expect(carried.length).toBeGreaterThanOrEqual(40);
    for (const { name, token, reason } of carried) {
      const message = reason === 'expired' ? 'The incoming token has expired' : 'Unauthorized';
      for (const header of [token, `Bearer ${token}`]) {
        expect([name, await call([header])]).toEqual([name, { status: 401, body: JSON.stringify({ message }) }]);
      }
    }
  });

  it('stays shut for what no header may carry', async () => {
    const wild = attacks.filter(({ token }) => !/^[\x21-\x7e][\x20-\x7e]*$/.test(token) || token.length >= 9_000);
    for (const { name, token } of wild) {
      const status = await callRaw([`authorization: ${token}`]);
      expect([name, [0, 400, 401, 413, 431].includes(status)]).toEqual([name, true]);
    }
    // Blanks around a header are not part of it; other white space is.
    expect(await callRaw([`authorization: \t${good.idToken} \t`])).toBe(200);
    for (const blank of ['\xA0', '\x0B', '\x85']) {
      for (const line of [`${blank}${good.idToken}`, `${good.idToken}${blank}`, `Bearer${blank}${good.idToken}`])
        expect([line.indexOf(blank), await callRaw([`authorization: ${line}`])]).toEqual([
          line.indexOf(blank),
          expect.toBeOneOf([400, 401]),
        ]);
    }
  });

  it('wants an id token where the method has no scopes, and the header where it belongs', async () => {
    const { id, access } = poolKeys(fixture.engine, fixture.poolId);
    const accessSaysId = forge(
      { kid: access.kid, alg: 'RS256' },
      { ...claimsOf(good.accessToken), token_use: 'id' },
      access.key,
    );
    const idWithoutAudience = forge(
      { kid: id.kid, alg: 'RS256' },
      { ...claimsOf(good.idToken), token_use: 'access' },
      id.key,
    );
    const refusals: [name: string, headers: string[]][] = [
      ['no header', []],
      ['an access token', [good.accessToken]],
      ['an access token as Bearer', [`Bearer ${good.accessToken}`]],
      ['an access token that calls itself id', [accessSaysId]],
      ['an id token that calls itself access', [idWithoutAudience]],
      ['Basic', [`Basic ${good.idToken}`]],
      ['Bearer twice', [`Bearer Bearer ${good.idToken}`]],
      ['Bearer alone', ['Bearer ']],
      ['two tokens in one header', [`${good.accessToken}, ${good.accessToken}`]],
      ['a good token behind a comma', [`x,${good.idToken}`]],
      ['two headers, both wrong', [good.accessToken, 'x']],
    ];
    for (const [name, headers] of refusals) expect([name, (await call(headers)).status]).toEqual([name, 401]);
    const elsewhere = [
      ['in the query', `${url.href}?Authorization=${good.idToken}`, {}],
      ['in a cookie', url.href, { cookie: `Authorization=${good.idToken}` }],
      ['in X-Authorization', url.href, { 'x-authorization': good.idToken }],
      ['in X-Amz-Security-Token', url.href, { 'x-amz-security-token': good.idToken }],
    ] as const;
    for (const [name, target, headers] of elsewhere) {
      const { status } = await fetch(target, { method: 'POST', headers, body: '{}' });
      expect([name, status]).toEqual([name, 401]);
    }
  });

  it('is not opened by smuggled headers', async () => {
    const token = good.idToken;
    const smuggled: [name: string, lines: string[]][] = [
      ['a space before the colon', [`authorization : ${token}`]],
      ['a bare line feed', [`x: y\nauthorization: ${token}`]],
      ['a bare carriage return', [`x: y\rauthorization: ${token}`]],
      ['a NUL in the name', [`authori\u0000zation: ${token}`]],
      ['an underscore', [`http_authorization: ${token}`]],
      ['both length and chunks', ['transfer-encoding: chunked', 'authorization: x']],
    ];
    for (const [name, lines] of smuggled) {
      const status = await callRaw(lines);
      expect([name, [0, 400, 401].includes(status)]).toEqual([name, true]);
    }
  });
});
