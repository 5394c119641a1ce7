import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { profileCredentials } from '../../src/aws/credentials.ts';
import type { DynopsError } from '../../src/errors.ts';

let folder: string;
const counted = () => readFileSync(join(folder, 'runs'), 'utf8').length;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'dynops-credentials-'));
  writeFileSync(join(folder, 'runs'), '');
  const giving = `{"Version":1,"AccessKeyId":"AKIAPROCESS","SecretAccessKey":"s"}`;
  const script = (name: string, text: string) => writeFileSync(join(folder, name), text);
  script('giving.sh', `printf x >>${folder}/runs\nprintf '${giving}'\n`);
  script('failing.sh', `printf x >>${folder}/runs\necho 'vault: token is not valid' >&2\nexit 3\n`);
  writeFileSync(
    join(folder, 'config'),
    `
[profile lost]
role_arn = arn:aws:iam::123456789012:role/a
source_profile = nowhere
[profile further]
role_arn = arn:aws:iam::123456789012:role/b
source_profile = lost
[profile ring]
role_arn = arn:aws:iam::123456789012:role/c
source_profile = ring2
[profile ring2]
role_arn = arn:aws:iam::123456789012:role/d
source_profile = ring
[profile giving]
credential_process = sh ${folder}/giving.sh --key secret
[profile failing]
credential_process = sh ${folder}/failing.sh --key secret
[profile spaced]
credential_process = printf '{"Version":1,"AccessKeyId":"AKIAPROCESS","SecretAccessKey":"hidden word"}'
[profile bell]
aws_access_key_id = AKIA\x07KEYS
aws_secret_access_key = hidden
[profile silent]
credential_process = false
[profile garbled]
credential_process = echo no JSON
[profile sso]
sso_start_url = https://example.awsapps.com/start
sso_region = us-east-1
sso_account_id = 123456789012
sso_role_name = Operator
[profile mfa]
role_arn = arn:aws:iam::123456789012:role/e
source_profile = keys
mfa_serial = arn:aws:iam::123456789012:mfa/ada
[profile web]
web_identity_token_file = /nowhere/token
role_arn = arn:aws:iam::123456789012:role/f
[profile half]
sso_session = gone
[profile empty]
region = eu-west-1
`,
  );
  writeFileSync(join(folder, 'credentials'), '[keys]\naws_access_key_id = AKIAKEYS\naws_secret_access_key = s\n');
});
afterAll(() => rmSync(folder, { recursive: true }));
afterEach(() => vi.unstubAllEnvs());

function provider(profile: string | undefined, more: Record<string, string> = {}) {
  const env: Record<string, string> = {
    HOME: folder,
    AWS_CONFIG_FILE: join(folder, 'config'),
    AWS_SHARED_CREDENTIALS_FILE: join(folder, 'credentials'),
    AWS_EC2_METADATA_DISABLED: 'true',
    ...more,
  };
  for (const [name, value] of Object.entries(env)) vi.stubEnv(name, value);
  const target = { kind: 'aws', endpoint: undefined, region: 'us-east-1', credentials: undefined, profile } as const;
  return profileCredentials(target, { env, signal: new AbortController().signal });
}

const ask = async (profile: string | undefined, more: Record<string, string> = {}): Promise<unknown> =>
  provider(profile, more)?.({});

it('clients that ask at once have the profile’s program run once', async () => {
  const before = counted();
  const asked = provider('giving');
  const found = await Promise.all([asked?.({}), asked?.({}), asked?.({})]);
  expect(found.map((one) => one?.accessKeyId)).toEqual(Array(3).fill('AKIAPROCESS'));
  expect(counted() - before).toBe(1);
});

describe('credentials that cannot be had', () => {
  it.each([
    [
      'a profile that is not there',
      'nobody',
      'no-profile',
      'nobody',
      /^Profile "nobody" is in neither .*config nor .*credentials\.$/,
    ],
    [
      'a source that is not there',
      'lost',
      'no-profile',
      'nowhere',
      /^Profile "lost" takes its credentials from profile "nowhere" \(source_profile in .*config\), which is in neither/,
    ],
    [
      'a source further on',
      'further',
      'no-profile',
      'nowhere',
      /^Profile "lost" takes its credentials from profile "nowhere"/,
    ],
    ['a ring', 'ring', 'profile-settings', 'ring2', /which leads back to itself: ring → ring2 → ring\.$/],
    [
      'a failing credential_process',
      'failing',
      'credential-process',
      'failing',
      /^Profile "failing" \(.*config\): its credential_process gives no credentials: vault: token is not valid$/,
    ],
    [
      'a silent one',
      'silent',
      'credential-process',
      'silent',
      /no credentials: it ended with a failure and said nothing$/,
    ],
    ['one that answers no JSON', 'garbled', 'credential-process', 'garbled', /returned invalid JSON/],
    [
      'an SSO session that was never begun',
      'sso',
      'sso-session',
      'sso',
      /^Profile "sso" \(.*config\): its SSO session has expired/,
    ],
    ['an MFA device', 'mfa', 'mfa', 'mfa', /^Profile "mfa" \(.*config\): .*multi-factor/],
    [
      'a web identity without its token',
      'web',
      'profile-settings',
      'web',
      /^The credentials of profile "web" \(.*config\) cannot be had: \/nowhere\/token cannot be read: no such file or directory\.$/,
    ],
    ['half a profile', 'half', 'profile-settings', 'half', /^Profile "half" \(.*config\): /],
  ])('%s: profile, file and cause are named', async (_case, profile, problem, named, message) => {
    const error: DynopsError = await ask(profile).then(
      () => {
        throw new Error('credentials were found');
      },
      (thrown) => thrown,
    );
    expect(error).toMatchObject({
      code: 'CredentialsProviderError',
      exitStatus: 4,
      facts: { problem, profile: named },
    });
    expect(error.message).toMatch(message);
    // The command of a credential_process may hold secrets.
    expect(error.message).not.toContain('secret');
  });

  it('a profile by AWS_PROFILE likewise', async () => {
    await expect(ask(undefined, { AWS_PROFILE: 'nobody' })).rejects.toThrow(/^Profile "nobody"/);
  });

  it.each([
    ['/nowhere/token', '/nowhere/token cannot be read: no such file or directory.'],
    ['/', 'a file that they name cannot be read: illegal operation on a directory.'],
  ])('the web identity of the environment without its token at %s likewise', async (file, cause) => {
    const asked = ask(undefined, {
      AWS_WEB_IDENTITY_TOKEN_FILE: file,
      AWS_ROLE_ARN: 'arn:aws:iam::123456789012:role/f',
    });
    await expect(asked).rejects.toMatchObject({
      code: 'CredentialsProviderError',
      exitStatus: 4,
      message: `The credentials cannot be had: ${cause}`,
      facts: { problem: 'no-credentials' },
    });
  });

  it('a shared file that cannot be read is named', async () => {
    await expect(ask('keys', { AWS_CONFIG_FILE: folder })).rejects.toMatchObject({
      code: 'Usage',
      message: `${folder} cannot be read: illegal operation on a directory.`,
    });
  });

  it('nothing at all is left to the words of the SDK', async () => {
    await expect(ask(undefined)).rejects.toThrow('Could not load credentials from any providers');
    await expect(ask('empty')).rejects.toThrow('Could not load credentials from any providers');
  });
});

describe('credentials that no request can carry', () => {
  const keys = { AWS_ACCESS_KEY_ID: 'hidden', AWS_SECRET_ACCESS_KEY: 'hidden', AWS_SESSION_TOKEN: 'hidden' };
  const container = { AWS_CONTAINER_CREDENTIALS_FULL_URI: 'http://127.0.0.1:1/', HOME: '/nowhere' };
  it.each<[string, string | undefined, Record<string, string>, string]>([
    [
      'a line break at the end',
      undefined,
      { ...keys, AWS_ACCESS_KEY_ID: 'hidden\n' },
      'AWS_ACCESS_KEY_ID cannot be sent: it holds a line break.',
    ],
    [
      'a secret with a blank',
      undefined,
      { ...keys, AWS_SECRET_ACCESS_KEY: ' hidden' },
      'AWS_SECRET_ACCESS_KEY cannot be sent: it holds a blank.',
    ],
    [
      'a token with a typographic dash',
      undefined,
      { ...keys, AWS_SESSION_TOKEN: 'hidden–hidden' },
      'AWS_SESSION_TOKEN cannot be sent: it holds a character outside ASCII.',
    ],
    [
      'a profile’s key',
      'bell',
      {},
      'Profile "bell" (FOLDER/config): the access key id cannot be sent: it holds a control character.',
    ],
    [
      'what a process gives',
      'spaced',
      {},
      'Profile "spaced" (FOLDER/config): the secret access key cannot be sent: it holds a blank.',
    ],
    [
      'a container’s token',
      undefined,
      { ...container, AWS_CONTAINER_AUTHORIZATION_TOKEN: 'hidden\n' },
      'AWS_CONTAINER_AUTHORIZATION_TOKEN cannot be sent: it holds a line break or another character that no header can.',
    ],
  ])('%s: it is told where they are from', async (_case, profile, env, message) => {
    const error: DynopsError = await ask(profile, env).then(
      () => {
        throw new Error('credentials were found');
      },
      (thrown) => thrown,
    );
    expect(error).toMatchObject({
      code: 'CredentialsProviderError',
      exitStatus: 4,
      facts: { problem: 'unsendable' },
      message: message.replace('FOLDER', folder),
    });
  });
});

describe('credentials that can be had', () => {
  it('are asked for once', async () => {
    const before = counted();
    const env = { HOME: folder, AWS_CONFIG_FILE: join(folder, 'config') };
    vi.stubEnv('AWS_CONFIG_FILE', env.AWS_CONFIG_FILE);
    const target = { kind: 'aws', endpoint: undefined, region: 'us-east-1', credentials: undefined } as const;
    const { signal } = new AbortController();
    const provide = profileCredentials({ ...target, profile: 'giving' }, { env, signal });
    await expect(provide?.({})).resolves.toMatchObject({ accessKeyId: 'AKIAPROCESS' });
    await expect(provide?.({})).resolves.toMatchObject({ accessKeyId: 'AKIAPROCESS' });
    expect(counted() - before).toBe(1);
  });

  it('a process that fails is run once', async () => {
    const before = counted();
    await expect(ask('failing')).rejects.toThrow();
    expect(counted() - before).toBe(1);
  });

  it('are those of the environment where no profile is named', async () => {
    expect(await ask(undefined, { AWS_ACCESS_KEY_ID: 'AKIAENV', AWS_SECRET_ACCESS_KEY: 's' })).toBeUndefined();
  });

  it('are a profile’s over those of the environment', async () => {
    const keys = { AWS_ACCESS_KEY_ID: 'AKIAENV', AWS_SECRET_ACCESS_KEY: 's' };
    await expect(ask('keys', keys)).resolves.toMatchObject({ accessKeyId: 'AKIAKEYS' });
  });
});
