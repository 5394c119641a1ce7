import { createHash, createHmac } from 'node:crypto';
import { request } from 'node:http';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { STSClient } from '@aws-sdk/client-sts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { issueFunctionCredentials } from '../../src/local/credentials.ts';
import { startEngine, type TestEngine } from '../start-engine.ts';

let engine: TestEngine;
beforeAll(async () => {
  engine = await startEngine();
});
afterAll(() => engine.stop());

interface Answer {
  status: number;
  body: string;
}

function send(options: {
  method?: string;
  path?: string;
  headers?: Record<string, string | string[]>;
  body?: string;
}): Promise<Answer> {
  const { port } = new URL(engine.endpoint);
  const { method = 'POST', path = '/', headers = {}, body = '' } = options;
  return new Promise((resolve, reject) => {
    const sent = request(
      { host: '127.0.0.1', port, method, path, headers, setHost: headers.host === undefined },
      (answer) => {
        text(answer).then((content) => resolve({ status: answer.statusCode ?? 0, body: content }), reject);
      },
    );
    sent.on('error', reject);
    sent.end(body);
  });
}

const sha256 = (content: string) => createHash('sha256').update(content).digest('hex');
const hmac = (key: string | Buffer, content: string) => createHmac('sha256', key).update(content).digest();

/** An independent signer, as the user guide describes it, with knobs to turn wrong. */
function sign(
  changes: {
    secret?: string;
    accessKeyId?: string;
    date?: Date;
    body?: string;
    signedBody?: string;
    region?: string;
    service?: string;
    extra?: Record<string, string>;
  } = {},
): { headers: Record<string, string>; body: string } {
  const { credentials } = engine;
  const body = changes.body ?? 'Action=GetCallerIdentity&Version=2011-06-15';
  const date = (changes.date ?? new Date()).toISOString().replace(/[-:]|\.\d{3}/g, '');
  const { host } = new URL(engine.endpoint);
  const { region = 'us-east-1', service = 'sts' } = changes;
  const scope = `${date.slice(0, 8)}/${region}/${service}/aws4_request`;
  const signed: Record<string, string> = {
    'content-type': 'application/x-www-form-urlencoded',
    host,
    'x-amz-date': date,
    ...changes.extra,
  };
  const names = Object.keys(signed).sort();
  const canonical = [
    'POST',
    '/',
    '',
    ...names.map((name) => `${name}:${signed[name]}`),
    '',
    names.join(';'),
    sha256(changes.signedBody ?? body),
  ].join('\n');
  const toSign = `AWS4-HMAC-SHA256\n${date}\n${scope}\n${sha256(canonical)}`;
  const key = scope.split('/').reduce<string | Buffer>(hmac, `AWS4${changes.secret ?? credentials.secretAccessKey}`);
  const id = changes.accessKeyId ?? credentials.accessKeyId;
  const authorization = `AWS4-HMAC-SHA256 Credential=${id}/${scope}, SignedHeaders=${names.join(';')}, Signature=${hmac(key, toSign).toString('hex')}`;
  return { headers: { ...signed, authorization }, body };
}

const minutes = (count: number) => new Date(Date.now() + count * 60_000);

describe('the door', () => {
  it('lets in what is signed as AWS describes it', async () => {
    expect(await send(sign())).toMatchObject({ status: 200, body: expect.stringContaining('<Account>000000000000') });
  });

  it('names a service that it does not serve', async () => {
    expect(await send(sign({ service: 's3' }))).toMatchObject({ status: 404, body: expect.stringContaining('s3') });
  });

  it('takes a Host with another port: a loopback proxy may stand in between', async () => {
    const { headers, body } = sign({ extra: { host: '127.0.0.1:1' } });
    expect(await send({ headers, body })).toMatchObject({ status: 200 });
  });

  const attacks: Record<string, () => Parameters<typeof send>[0]> = {
    'no signature': () => ({
      body: 'Action=GetCallerIdentity&Version=2011-06-15',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
    }),
    'another secret': () => sign({ secret: 'x'.repeat(40) }),
    'an unknown key id': () => sign({ accessKeyId: 'AKIAUNKNOWNUNKNOWN12' }),
    'an empty key id': () => sign({ accessKeyId: '' }),
    'a changed body': () => ({ ...sign(), body: 'Action=GetCallerIdentity&Version=2011-06-15&x=1' }),
    'a body hash for another body': () => sign({ signedBody: 'other' }),
    'a declared hash that is not the body’s': () => sign({ extra: { 'x-amz-content-sha256': sha256('other') } }),
    'UNSIGNED-PAYLOAD': () => sign({ extra: { 'x-amz-content-sha256': 'UNSIGNED-PAYLOAD' } }),
    'a streaming payload': () => sign({ extra: { 'x-amz-content-sha256': 'STREAMING-AWS4-HMAC-SHA256-PAYLOAD' } }),
    'sixteen minutes old': () => sign({ date: minutes(-16) }),
    'sixteen minutes early': () => sign({ date: minutes(16) }),
    'the scope of another served service': () => {
      const { headers, body } = sign({ service: 'dynamodb' });
      return { headers: { ...headers, 'x-amz-target': 'AWSCognitoIdentityProviderService.ListUserPools' }, body };
    },
    'an added target header': () => {
      const { headers, body } = sign({ service: 'dynamodb', body: '{}' });
      return { headers: { ...headers, 'x-amz-target': 'DynamoDB_20120810.ListTables' }, body };
    },
    'a foreign Host (DNS rebinding)': () => sign({ extra: { host: 'evil.example' } }),
    'a Host that only begins like loopback': () => sign({ extra: { host: '127.0.0.1.evil.example' } }),
    'a web page’s Origin': () => ({ ...sign(), headers: { ...sign().headers, origin: 'https://evil.example' } }),
    'Origin null (a sandboxed page)': () => ({ ...sign(), headers: { ...sign().headers, origin: 'null' } }),
    'a no-cors fetch': () => ({ ...sign(), headers: { ...sign().headers, 'sec-fetch-site': 'cross-site' } }),
    'a page of another loopback port': () => ({
      ...sign(),
      headers: { ...sign().headers, 'sec-fetch-site': 'same-site' },
    }),
    'a form post by a page': () => ({
      headers: {
        'content-type': 'text/plain',
        origin: 'http://localhost:3000',
        'x-amz-target': 'DynamoDB_20120810.ListTables',
      },
      body: '{}',
    }),
    'a preflight': () => ({
      method: 'OPTIONS',
      headers: { origin: 'https://evil.example', 'access-control-request-method': 'POST' },
    }),
    'a JWT for a signature': () => ({
      headers: { authorization: 'Bearer e30.e30.x' },
      body: 'Action=GetCallerIdentity',
    }),
    'a session token that was made up': () =>
      sign({ extra: { 'x-amz-security-token': 'e30.x' }, accessKeyId: 'ASIAMADEUPMADEUP1234' }),
  };

  it.each(Object.keys(attacks))('refuses %s', async (name) => {
    const attack = attacks[name];
    if (!attack) throw new Error(name);
    const answer = await send(attack());
    expect([400, 401, 403]).toContain(answer.status);
    expect(answer.body).not.toContain('000000000000');
    expect(answer.body).not.toContain(engine.credentials.secretAccessKey);
  });

  /** The presigned form, by the same independent description: the signature and all that it needs are in the query. */
  function presign(changes: { date?: Date; expires?: string; secret?: string; action?: string; host?: string } = {}) {
    const date = (changes.date ?? new Date()).toISOString().replace(/[-:]|\.\d{3}/g, '');
    const scope = `${date.slice(0, 8)}/us-east-1/sts/aws4_request`;
    const { host } = new URL(engine.endpoint);
    const query = new URLSearchParams({
      Action: changes.action ?? 'GetCallerIdentity',
      Version: '2011-06-15',
      'X-Amz-Algorithm': 'AWS4-HMAC-SHA256',
      'X-Amz-Credential': `${engine.credentials.accessKeyId}/${scope}`,
      'X-Amz-Date': date,
      'X-Amz-Expires': changes.expires ?? '60',
      'X-Amz-SignedHeaders': 'host',
    });
    query.sort();
    const signedHost = changes.host ?? host;
    const canonical = ['GET', '/', query.toString(), `host:${signedHost}`, '', 'host', sha256('')].join('\n');
    const toSign = `AWS4-HMAC-SHA256\n${date}\n${scope}\n${sha256(canonical)}`;
    const secret = changes.secret ?? engine.credentials.secretAccessKey;
    const key = scope.split('/').reduce<string | Buffer>(hmac, `AWS4${secret}`);
    return { method: 'GET', path: `/?${query}&X-Amz-Signature=${hmac(key, toSign).toString('hex')}` };
  }

  it('lets in what is presigned, as long as it says', async () => {
    const account = expect.stringContaining('<Account>000000000000');
    expect(await send(presign())).toMatchObject({ status: 200, body: account });
    // A header signature would be too old by then.
    expect(await send(presign({ date: minutes(-50), expires: '3600' }))).toMatchObject({ status: 200, body: account });
  });

  const presignedAttacks: Record<string, () => Parameters<typeof send>[0]> = {
    'expired by a second': () => presign({ date: new Date(Date.now() - 61_000), expires: '60' }),
    'from the future': () => presign({ date: minutes(16) }),
    'good for more than a week': () => presign({ expires: '604801' }),
    'good for no time': () => presign({ expires: '0' }),
    'a time that is none': () => presign({ expires: '60s' }),
    'with another secret': () => presign({ secret: 'x'.repeat(40) }),
    'for another host': () => presign({ host: 'sts.amazonaws.com' }),
    'lengthened afterwards': () => {
      const { path } = presign({ date: minutes(-5), expires: '60' });
      return { method: 'GET', path: path.replace('X-Amz-Expires=60', 'X-Amz-Expires=6000') };
    },
    'with another action': () => ({
      method: 'GET',
      path: presign().path.replace('GetCallerIdentity', 'GetSessionToken'),
    }),
    'with a parameter more': () => ({ method: 'GET', path: `${presign().path}&DurationSeconds=900` }),
    'with the action twice': () => ({ method: 'GET', path: `${presign().path}&Action=GetCallerIdentity` }),
    'sent by another method': () => ({ method: 'DELETE', path: presign().path }),
    'with a body that was not signed': () => ({ ...presign(), method: 'POST', body: 'Action=GetCallerIdentity' }),
    'and opened by a web page': () => ({ ...presign(), headers: { origin: 'https://evil.example' } }),
    'cut off': () => ({ method: 'GET', path: presign().path.slice(0, -2) }),
  };

  it.each(Object.keys(presignedAttacks))('refuses what is presigned %s', async (name) => {
    const attack = presignedAttacks[name];
    if (!attack) throw new Error(name);
    const answer = await send(attack());
    expect([400, 401, 403]).toContain(answer.status);
    expect(answer.body).not.toContain('000000000000');
  });

  it.each([-14, 14])('bears a clock that is %i minutes off', async (count) => {
    expect(await send(sign({ date: minutes(count) }))).toMatchObject({ status: 200 });
  });

  it('lets a function do what its role allows, and nothing else', async () => {
    const { engine: inside, clientConfig } = engine;
    const credentials = issueFunctionCredentials(inside, {
      roleArn: 'arn:aws:iam::000000000000:role/nobody',
      functionArn: 'arn:aws:lambda:us-east-1:000000000000:function:f',
    });
    const { GetCallerIdentityCommand } = await import('@aws-sdk/client-sts');
    const { DynamoDBClient, ListTablesCommand } = await import('@aws-sdk/client-dynamodb');
    const config = { ...clientConfig, credentials: { ...credentials, sessionToken: credentials.sessionToken ?? '' } };
    await expect(new DynamoDBClient(config).send(new ListTablesCommand({}))).rejects.toMatchObject({
      name: 'AccessDeniedException',
      message: expect.stringContaining('is not authorized to perform: dynamodb:ListTables'),
    });
    const stolen = { ...config.credentials, accessKeyId: engine.credentials.accessKeyId };
    await expect(
      new STSClient({ ...config, credentials: stolen }).send(new GetCallerIdentityCommand({})),
    ).rejects.toMatchObject({ name: expect.stringMatching(/Signature/) });
  });

  it('outlives half requests, junk and aborted bodies', async () => {
    const { port, hostname } = new URL(engine.endpoint);
    for (const junk of [
      '\x16\x03\x01\x02\x00',
      'GET / HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n',
      'POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\nhalf',
      'POST / HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\nzz\r\n',
      `GET /${'a'.repeat(100_000)} HTTP/1.1\r\nHost: localhost\r\n\r\n`,
    ]) {
      await new Promise<void>((resolve) => {
        const socket = connect(Number(port), hostname, () => socket.write(junk, () => socket.destroy()));
        socket.on('close', () => resolve());
        socket.on('error', () => resolve());
      });
    }
    expect(await send(sign())).toMatchObject({ status: 200 });
  });
});
