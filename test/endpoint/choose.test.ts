import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { chooseTarget, type TargetFlags } from '../../src/endpoint/choose.ts';
import type { Settings } from '../../src/settings/table.ts';

let home: string;

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'dynops-choose-'));
});

afterEach(() => rm(home, { recursive: true }));

function choose(flags: Partial<TargetFlags>, env: Record<string, string> = {}, settings: Settings = {}) {
  return chooseTarget({ aws: false, ...flags }, { env: { HOME: home, ...env }, settings });
}

const usage = expect.objectContaining({ exitStatus: 64 });
const url = 'http://127.0.0.1:4566';

describe('the kind of target', () => {
  it.each([
    ['nothing said', {}, {}, {}, 'local', undefined],
    ['the flag', { aws: true }, {}, {}, 'aws', undefined],
    ['the endpoint flag', { endpointUrl: `${url}/` }, {}, {}, 'endpoint', url],
    ['the environment', {}, { DYNOPS_TARGET: 'aws' }, {}, 'aws', undefined],
    ['an endpoint in the environment', {}, { DYNOPS_ENDPOINT_URL: url }, {}, 'endpoint', url],
    ['a settings file', {}, {}, { target: 'aws' }, 'aws', undefined],
    ['an endpoint in a settings file', {}, {}, { endpointUrl: url }, 'endpoint', url],
    ['a flag over the environment', { aws: true }, { DYNOPS_ENDPOINT_URL: url }, {}, 'aws', undefined],
    ['the endpoint flag over the environment', { endpointUrl: url }, { DYNOPS_TARGET: 'aws' }, {}, 'endpoint', url],
    ['the environment over a settings file', {}, { DYNOPS_TARGET: 'local' }, { target: 'aws' }, 'local', undefined],
    [
      'the environment over an endpoint there',
      {},
      { DYNOPS_TARGET: 'local' },
      { endpointUrl: url },
      'local',
      undefined,
    ],
    ['empty variables as none', {}, { DYNOPS_TARGET: '', DYNOPS_ENDPOINT_URL: '' }, {}, 'local', undefined],
  ] as const)('%s', async (_case, flags, env, settings, kind, endpointUrl) => {
    await expect(choose(flags, env, settings)).resolves.toMatchObject({ kind, endpointUrl });
  });

  it.each([
    ['both flags', { aws: true, endpointUrl: url }, {}],
    ['both variables', {}, { DYNOPS_TARGET: 'aws', DYNOPS_ENDPOINT_URL: url }],
    ['an unknown target', {}, { DYNOPS_TARGET: 'cloud' }],
    ['no URL', { endpointUrl: 'localhost:4566' }, {}],
    ['another protocol', { endpointUrl: 'ftp://localhost' }, {}],
    ['credentials in a URL', {}, { DYNOPS_ENDPOINT_URL: 'http://user:secret@localhost' }],
    ['a profile for the engine', { profile: 'dev' }, {}],
    ['AWS sent elsewhere by AWS_ENDPOINT_URL', { aws: true }, { AWS_ENDPOINT_URL: url }],
    ['no region', { region: 'here' }, {}],
    ['no region in the environment', {}, { AWS_REGION: 'Mars' }],
  ] as const)('refuses %s', async (_case, flags, env) => {
    await expect(choose(flags, env)).rejects.toEqual(usage);
  });

  it('never shows credentials that stand in a URL', async () => {
    const error = await choose({ endpointUrl: 'http://user:secret@localhost' }).catch((thrown: unknown) => thrown);
    expect(JSON.stringify([String(error), error])).not.toContain('secret');
  });
});

describe('the region', () => {
  it('is us-east-1 where nothing says otherwise', async () => {
    await expect(choose({})).resolves.toMatchObject({ region: 'us-east-1' });
  });

  it.each([
    [{ region: 'eu-west-1' }, { AWS_REGION: 'eu-west-2' }, {}, 'eu-west-1'],
    [{}, { AWS_REGION: 'eu-west-2', AWS_DEFAULT_REGION: 'eu-west-3' }, { region: 'eu-north-1' }, 'eu-west-2'],
    [{}, { AWS_DEFAULT_REGION: 'eu-west-3' }, { region: 'eu-north-1' }, 'eu-west-3'],
    [{}, {}, { region: 'us-gov-west-1' }, 'us-gov-west-1'],
  ] as const)('by precedence: %j %j %j', async (flags, env, settings, region) => {
    await expect(choose(flags, env, settings)).resolves.toMatchObject({ region });
  });

  it("is a profile's own", async () => {
    await mkdir(join(home, '.aws'));
    await writeFile(
      join(home, '.aws', 'config'),
      '# a comment\n[default]\nregion = eu-central-1\n\n[profile dev]\nsso_session = x\nregion=ap-south-1\n[profile  two  words]\nregion = sa-east-1\n[profile none]\noutput = json\n',
    );
    await writeFile(join(home, '.aws', 'credentials'), '[none]\naws_access_key_id = x\nregion = ca-central-1\n');
    await expect(choose({ aws: true })).resolves.toMatchObject({ region: 'eu-central-1', profile: undefined });
    await expect(choose({ aws: true, profile: 'dev' })).resolves.toMatchObject({
      region: 'ap-south-1',
      profile: 'dev',
    });
    await expect(choose({ aws: true }, { AWS_PROFILE: 'dev' })).resolves.toMatchObject({ region: 'ap-south-1' });
    await expect(choose({ aws: true }, {}, { profile: 'none' })).resolves.toMatchObject({ region: 'ca-central-1' });
    await expect(choose({ aws: true, profile: 'absent' })).resolves.toMatchObject({ region: 'us-east-1' });
  });

  it('needs no profile for the engine, even where one is named that does not exist', async () => {
    await expect(choose({}, { AWS_PROFILE: 'absent' })).resolves.toMatchObject({ kind: 'local', profile: undefined });
  });
});

describe('the identity', () => {
  const identity = async (...parameters: Parameters<typeof choose>) => (await choose(...parameters)).identity;

  it('differs where the account may differ, and shows no key', async () => {
    const identities = await Promise.all([
      identity({}),
      identity({ aws: true }),
      identity({ aws: true, profile: 'a' }),
      identity({ aws: true, profile: 'b' }),
      identity({ aws: true }, { AWS_ACCESS_KEY_ID: 'AKIAONE' }),
      identity({ aws: true }, { AWS_ACCESS_KEY_ID: 'AKIATWO' }),
      identity({ aws: true }, { AWS_ROLE_ARN: 'arn:aws:iam::111111111111:role/deploy' }),
      identity({ aws: true }, { AWS_ROLE_ARN: 'arn:aws:iam::222222222222:role/deploy' }),
      identity({ endpointUrl: url }, { AWS_ACCESS_KEY_ID: 'AKIAONE' }),
      identity({ endpointUrl: `${url}1` }, { AWS_ACCESS_KEY_ID: 'AKIAONE' }),
    ]);
    expect(new Set(identities).size).toBe(identities.length);
    expect(identities.join()).not.toContain('AKIA');
  });

  it('is the same for the same credentials in another region', async () => {
    expect(await identity({ aws: true, region: 'eu-west-1' })).toBe(await identity({ aws: true }));
  });
});
