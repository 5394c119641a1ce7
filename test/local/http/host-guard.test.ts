import { request } from 'node:http';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { STSClient } from '@aws-sdk/client-sts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startEngine, type TestEngine } from '../../start-engine.ts';
import { presignQuery, sha256, signHeaders } from '../sign.ts';

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

/** The call that the attacks alter, signed with knobs to turn wrong. */
function sign(
  changes: {
    secret?: string;
    accessKeyId?: string;
    date?: Date;
    body?: string;
    signedBody?: string;
    service?: string;
    region?: string;
    extra?: Record<string, string>;
  } = {},
): { headers: Record<string, string>; body: string } {
  const { secret, accessKeyId, body = 'Action=GetCallerIdentity&Version=2011-06-15', service = 'sts', extra } = changes;
  const headers = signHeaders({
    ...changes,
    endpoint: engine.endpoint,
    credentials: ours({ secret, accessKeyId }),
    service,
    body,
    headers: { 'content-type': 'application/x-www-form-urlencoded', ...extra },
  });
  return { headers, body };
}

function ours(changes: { secret?: string | undefined; accessKeyId?: string | undefined } = {}) {
  const { accessKeyId, secretAccessKey } = engine.credentials;
  return { accessKeyId: changes.accessKeyId ?? accessKeyId, secretAccessKey: changes.secret ?? secretAccessKey };
}

/** A presigned URL's path, as one may be mailed around. */
function presign(
  changes: Partial<Parameters<typeof presignQuery>[0]> & { alter?: (query: string) => string } = {},
): Parameters<typeof send>[0] {
  const { alter = (query) => query, ...rest } = changes;
  const query = presignQuery({
    endpoint: engine.endpoint,
    credentials: ours(),
    service: 'sts',
    method: 'GET',
    query: 'Action=GetCallerIdentity&Version=2011-06-15',
    ...rest,
  });
  return { method: 'GET', path: `/?${alter(query)}` };
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

  it('lets in fourteen minutes of clock skew, either way', async () => {
    expect(await send(sign({ date: minutes(-14) }))).toMatchObject({ status: 200 });
    expect(await send(sign({ date: minutes(14) }))).toMatchObject({ status: 200 });
  });

  it('lets in a presigned URL until it expires', async () => {
    const identity = { status: 200, body: expect.stringContaining('<Account>000000000000') };
    expect(await send(presign())).toMatchObject(identity);
    expect(await send(presign({ expiresSeconds: '604800' }))).toMatchObject(identity);
    // Older than a signature in a header may be.
    expect(await send(presign({ date: minutes(-50), expiresSeconds: '3600' }))).toMatchObject(identity);
    expect(await send(presign({ alter: (query) => query.split('&').reverse().join('&') }))).toMatchObject(identity);
    const body = 'Action=GetCallerIdentity&Version=2011-06-15';
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    expect(
      await send({ ...presign({ method: 'POST', query: '', body, headers }), method: 'POST', body, headers }),
    ).toMatchObject(identity);
  });

  it('reads a presigned call’s parameters from its query', async () => {
    const query = 'Action=GetRole&RoleName=nobody-has-it&Version=2010-05-08';
    expect(await send(presign({ service: 'iam', query }))).toMatchObject({
      status: 404,
      body: expect.stringContaining('nobody-has-it'),
    });
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
    'a Host that is a path under loopback’s name': () => sign({ extra: { host: 'evil.example/.localhost' } }),
    'a Host that is a fragment under loopback’s name': () => sign({ extra: { host: 'evil.example#.localhost' } }),
    'a Host with a user in it': () => sign({ extra: { host: 'evil.example@y.localhost' } }),
    'a Host with a port that is none': () => sign({ extra: { host: 'localhost:x' } }),
    'a signature with something behind it': () => {
      const { headers, body } = sign();
      return { headers: { ...headers, authorization: `${headers.authorization}zz` }, body };
    },
    'a signature in capital letters': () => {
      const { headers, body } = sign();
      const capitals = headers.authorization?.replace(/[0-9a-f]{64}$/, (signature) => signature.toUpperCase()) ?? '';
      return { headers: { ...headers, authorization: capitals }, body };
    },
    'a presigned URL with something behind its signature': () => presign({ alter: (query) => `${query}zz` }),
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
    'a signature of another method': () => ({ ...sign(), method: 'PUT' }),
    'a signature of another path': () => ({ ...sign(), path: '/2015-03-31/functions' }),
    'a query added to a signed call': () => ({ ...sign(), path: '/?Action=GetUser' }),
    'a signed header that was taken away': () => {
      const { 'content-type': _, ...headers } = sign().headers;
      return { ...sign(), headers };
    },
    'a signed header called toString': () => {
      const { headers, body } = sign();
      return {
        headers: { ...headers, authorization: headers.authorization?.replace('host', 'host;toString') ?? '' },
        body,
      };
    },
    'a signature in capital letters cut short': () => {
      const { headers, body } = sign();
      return { headers: { ...headers, authorization: headers.authorization?.slice(0, -2).toUpperCase() ?? '' }, body };
    },
    'a Host that is not signed': () => {
      const { headers, body } = sign();
      return { headers: { ...headers, authorization: headers.authorization?.replace(';host', '') ?? '' }, body };
    },
    'a scope of yesterday': () => {
      const { headers, body } = sign();
      const scoped = headers.authorization?.replace(/\/\d{8}\//, '/20200101/') ?? '';
      return { headers: { ...headers, authorization: scoped }, body };
    },
    'a second Authorization header': () => {
      const { headers, body } = sign();
      return { headers: { ...headers, authorization: [headers.authorization ?? '', 'Bearer e30.e30.x'] }, body };
    },
    'a presigned URL of another secret': () => presign({ credentials: ours({ secret: 'x'.repeat(40) }) }),
    'an expired presigned URL': () => presign({ date: minutes(-2), expiresSeconds: '60' }),
    'a presigned URL of the future': () => presign({ date: minutes(16) }),
    'a presigned URL with a longer life written into it': () =>
      presign({
        date: minutes(-2),
        alter: (query) => query.replace('X-Amz-Expires=60', 'X-Amz-Expires=3600'),
      }),
    'a presigned URL for more than seven days': () => presign({ expiresSeconds: '604801' }),
    'a presigned URL for no time': () => presign({ expiresSeconds: '0' }),
    'a presigned URL for a time in no digits': () => presign({ expiresSeconds: '0x3c' }),
    'a presigned URL for ever': () => presign({ expiresSeconds: 'Infinity' }),
    'a presigned URL without its life': () => presign({ alter: (query) => query.replace('X-Amz-Expires=60&', '') }),
    'a presigned URL with another action': () =>
      presign({ alter: (query) => query.replace('GetCallerIdentity', 'GetUser') }),
    'a presigned URL with a second action': () => presign({ alter: (query) => `${query}&Action=GetCallerIdentity` }),
    'a presigned URL with a second signature': () =>
      presign({ alter: (query) => `${query}&X-Amz-Signature=${'0'.repeat(64)}` }),
    'a presigned URL without a signature': () =>
      presign({ alter: (query) => query.replace(/&X-Amz-Signature=.*/, '') }),
    'a presigned URL of another algorithm': () => presign({ algorithm: 'AWS4-HMAC-SHA1' }),
    'a presigned URL of another region': () => presign({ alter: (query) => query.replace('us-east-1', 'us-west-2') }),
    'a presigned URL with UNSIGNED-PAYLOAD, which only S3 takes': () => presign({ payload: 'UNSIGNED-PAYLOAD' }),
    'a presigned URL with a body of its own': () => ({
      ...presign({ method: 'POST' }),
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: 'Action=GetCallerIdentity&Version=2011-06-15',
    }),
    'a presigned URL with an added target header': () => ({
      ...presign({ service: 'dynamodb', query: '', method: 'POST', body: '{}' }),
      method: 'POST',
      headers: { 'x-amz-target': 'DynamoDB_20120810.ListTables' },
      body: '{}',
    }),
    'a presigned URL by another method': () => ({ ...presign(), method: 'POST' }),
    'a presigned URL opened by a web page': () => ({ ...presign(), headers: { 'sec-fetch-site': 'cross-site' } }),
    'a presigned URL under a foreign Host': () => ({ ...presign(), headers: { host: 'evil.example' } }),
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

  it('lets a function do what its role allows, and nothing else', async () => {
    const { engine: inside, clientConfig } = engine;
    const credentials = inside.sessionCredentials.issue({
      roleArn: 'arn:aws:iam::000000000000:role/nobody',
      name: 'f',
    });
    const { GetCallerIdentityCommand } = await import('@aws-sdk/client-sts');
    const { DynamoDBClient, ListTablesCommand } = await import('@aws-sdk/client-dynamodb');
    const config = { ...clientConfig, credentials: { ...credentials, sessionToken: credentials.sessionToken ?? '' } };
    await expect(new DynamoDBClient(config).send(new ListTablesCommand({}))).rejects.toMatchObject({
      name: 'AccessDeniedException',
      message: expect.stringContaining('is not authorized to perform: dynamodb:ListTables'),
    });
    const sts = new STSClient(config);
    await expect(sts.send(new GetCallerIdentityCommand({}))).resolves.toMatchObject({
      Arn: 'arn:aws:sts::000000000000:assumed-role/nobody/f',
    });
    const lengthened = { ...config.credentials, sessionToken: `${credentials.sessionToken}.x` };
    await expect(
      new STSClient({ ...config, credentials: lengthened }).send(new GetCallerIdentityCommand({})),
    ).rejects.toMatchObject({ name: 'UnrecognizedClientException' });
    const stolen = { ...config.credentials, accessKeyId: engine.credentials.accessKeyId };
    await expect(
      new STSClient({ ...config, credentials: stolen }).send(new GetCallerIdentityCommand({})),
    ).rejects.toMatchObject({ name: expect.stringMatching(/Signature/) });
  });

  const ambiguous: Record<string, string> = {
    'two hosts': 'GET /_dynops/health HTTP/1.1\r\nHost: localhost\r\nHost: evil.example\r\n\r\n',
    'one host twice': 'GET /_dynops/health HTTP/1.1\r\nHost: localhost\r\nhost: localhost\r\n\r\n',
    'two hosts to an API': 'POST /_aws/execute-api/x/prod/y HTTP/1.1\r\nHost: localhost\r\nHost: localhost\r\n\r\n',
    'a second host behind two thousand headers': `GET /_dynops/health HTTP/1.1\r\nHost: localhost\r\n${'X: y\r\n'.repeat(2_100)}Host: evil.example\r\n\r\n`,
    'no host': 'GET /_dynops/health HTTP/1.1\r\n\r\n',
    'a length and chunks':
      'POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
    'chunks and a length':
      'POST / HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n',
    'two lengths': 'POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\nContent-Length: 5\r\n\r\n',
    'a list of lengths': 'POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5, 5\r\n\r\nabcde',
    'a signed length': 'POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: +5\r\n\r\nabcde',
    'a coding that is almost chunked':
      'GET /_dynops/health HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: xchunked\r\n\r\n0\r\n\r\n',
    'chunks in HTTP/1.0':
      'GET /_dynops/health HTTP/1.0\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
    'chunks that are not the last coding':
      'POST / HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n',
    'a blank before a colon': 'POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length : 0\r\n\r\n',
    'a folded header': 'GET /_dynops/health HTTP/1.1\r\nHost: localhost\r\nX: a\r\n b\r\n\r\n',
    'lines that end in LF': 'GET /_dynops/health HTTP/1.1\nHost: localhost\n\n',
    'a line that ends in CR': 'GET /_dynops/health HTTP/1.1\r\nHost: localhost\r\nX: a\rHost: evil.example\r\n\r\n',
    'a NUL in a header': 'GET /_dynops/health HTTP/1.1\r\nHost: localhost\r\nX: a\0b\r\n\r\n',
    'headers over the limit': `GET /_dynops/health HTTP/1.1\r\nHost: localhost\r\nX: ${'a'.repeat(70_000)}\r\n\r\n`,
  };

  it.each(Object.keys(ambiguous))('answers %s with 400, and hangs up', async (name) => {
    const { port, hostname } = new URL(engine.endpoint);
    const socket = connect(Number(port), hostname, () => socket.write(ambiguous[name] ?? ''));
    socket.setTimeout(5_000, () => socket.destroy());
    expect(await text(socket)).toMatch(/^HTTP\/1\.1 400 /);
  });

  it('reads all of a header, and all headers', async () => {
    const post = async (changes: { authorization?: (text: string) => string; last?: string }) => {
      const { authorization = (text) => text, last = '' } = changes;
      const { headers, body } = sign();
      const sent = { ...headers, authorization: authorization(headers.authorization ?? '') };
      const lines = Object.entries(sent).map(([name, value]) => `${name}: ${value}\r\n`);
      const more = `connection: close\r\ncontent-length: ${body.length}\r\n${'x: y\r\n'.repeat(2_100)}`;
      const { port, hostname } = new URL(engine.endpoint);
      const socket = connect(Number(port), hostname);
      socket.write(`POST / HTTP/1.1\r\n${lines.join('')}${more}${last}\r\n${body}`, 'latin1');
      return Number((await text(socket)).slice('HTTP/1.1 '.length).slice(0, 3));
    };
    expect(await post({})).toBe(200);
    expect(await post({ last: 'authorization: x\r\n' })).toBe(400);
    expect(await post({ authorization: (header) => header.replace(', Sig', ',\t Sig') })).toBe(200);
    expect(await post({ authorization: (header) => header.replace(', Sig', ',\xA0Sig') })).toBe(400);
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
