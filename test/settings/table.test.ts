import { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import { addSettings } from '../../src/cli/setting-options.ts';
import { fromEnvironment } from '../../src/settings/environment.ts';
import { type Kind, readText } from '../../src/settings/kinds.ts';
import { placeSettings, portSetting, stackSettingEntries, stackSettings } from '../../src/settings/table.ts';
import { type SettingName, type SettingValues, settingValue, stackTags } from '../../src/stack/settings.ts';

const values = (over: Partial<SettingValues> = {}) =>
  Object.fromEntries(
    stackSettingEntries.map(([name, { fallback }]) => [name, over[name] ?? fallback]),
  ) as unknown as SettingValues;

/** A value of each setting that is not its default. */
const others: SettingValues = {
  passwordLength: 12,
  temporaryPasswordDays: 1,
  signUp: true,
  smsRole: true,
  callbackUrls: ['https://a.example/ä?b=c&d', 'myapp://x'],
  logoutUrls: [`https://${'a'.repeat(200)}.example/${'b'.repeat(200)}`],
  tokenMinutes: 5,
  username: 'Ada[ö]=41',
  policy: 'tutorial',
  memoryMb: 10_240,
  runtime: 'nodejs22.x',
  architecture: 'x86_64',
  retentionDays: 3653,
  domainPrefix: 'mine',
  tracing: true,
};

function parseFlag(name: SettingName, text: string): void {
  const command = addSettings(new Command('dynops').exitOverride().command('up').exitOverride());
  command.configureOutput({ writeErr: () => undefined });
  command.parse([`${stackSettings[name].flag.split(' ')[0]}=${text}`], { from: 'user' });
}

describe('a setting', () => {
  it.each(stackSettingEntries)('%s has a default that its own check takes', (name, setting) => {
    if (name === 'domainPrefix') return expect(setting.fallback).toBe('');
    return expect(setting.problem(setting.fallback)).toBeUndefined();
  });

  it.each(Object.entries(others) as [SettingName, never][])('%s comes back from its tag', (name, value) => {
    const { rememberedBy } = stackSettings[name];
    const tags = stackTags(rememberedBy, 'blue', values({ [name]: value }));
    expect(settingValue(name, { stack: 'blue' }, (type) => (type === rememberedBy ? tags : {}))).toEqual(value);
    expect(settingValue(name, { stack: 'blue' }, () => stackTags(rememberedBy, 'blue', values()))).toEqual(
      stackSettings[name].fallback,
    );
  });

  it.each([
    ['memoryMb', 'a lot'],
    ['memoryMb', '64'],
    ['runtime', 'python3.13'],
    ['architecture', 'mips'],
    ['tracing', 'perhaps'],
    ['retentionDays', '2'],
    ['callbackUrls', 'javascript:alert(1)'],
  ] as const)('%s is its default where its tag says "%s"', (name, text) => {
    const tags = { [`dynops:${stackSettings[name].tag}`]: text };
    expect(settingValue(name, { stack: 'blue' }, () => tags)).toEqual(stackSettings[name].fallback);
  });

  it.each([
    ['memoryMb', '', 'whole number'],
    ['memoryMb', '1e3', 'whole number'],
    ['memoryMb', '127', 'from 128 to 10240'],
    ['domainPrefix', 'my-aws', 'aws'],
  ] as const)('%s may not be "%s", and the reason is worded in one place', (name, text, reason) => {
    const setting = stackSettings[name] as Kind<unknown>;
    const read = readText(setting, text);
    expect(read).toEqual({ problem: expect.stringContaining(reason) });
    expect(() => parseFlag(name, text)).toThrow(`It ${'problem' in read ? read.problem : ''}`);
  });

  it.each([
    ['architecture', 'ARM64', '"arm64"', '--architecture: "ARM64" is not one of arm64, x86_64.'],
    ['retentionDays', '8', 'one of 1, 3, 5', '--retention: "8" is not one of 1, 3, 5, 7, '],
  ] as const)('%s may not be "%s", which is none of its choices', (name, text, inFile, asFlag) => {
    expect(readText(stackSettings[name] as Kind<unknown>, text)).toEqual({ problem: expect.stringContaining(inFile) });
    expect(() => parseFlag(name, text)).toThrow(asFlag);
  });
});

it.each(['14', [14], true, null, Number.POSITIVE_INFINITY])(
  'a number out of some is a number in a file: %j',
  (value) => {
    expect(stackSettings.retentionDays.problem(value)).toContain('one of 1, 3, 5');
    expect(stackSettings.memoryMb.problem(value)).toContain('whole number');
  },
);

describe('a command takes the settings of what it makes', () => {
  const takes = (...path: string[]): string[] => {
    const command = path.reduce((parent, name) => parent.command(name), new Command('dynops'));
    return addSettings(command).options.map((option) => option.attributeName());
  };

  it('up, plan and status all of them', () => {
    const all = stackSettingEntries.map(([name]) => name);
    for (const name of ['up', 'plan', 'status']) expect(new Set(takes(name))).toEqual(new Set(all));
  });

  it.each([
    ['role create', ['policy']],
    ['function config', ['memoryMb', 'runtime', 'architecture']],
    ['pool update', ['passwordLength', 'temporaryPasswordDays', 'signUp', 'smsRole']],
    ['client create', ['callbackUrls', 'logoutUrls', 'tokenMinutes']],
    ['table create', []],
    ['down', []],
  ])('%s', (words, expected) => {
    // A switch has two options, one to turn it off.
    expect([...new Set(takes(...words.split(' ')))]).toEqual(expected);
  });
});

describe('the environment', () => {
  it('says what its first variable that is not empty says', () => {
    const { region } = placeSettings;
    expect(fromEnvironment(region, { AWS_REGION: '', AWS_DEFAULT_REGION: 'eu-west-1' })).toEqual({
      value: 'eu-west-1',
      variable: 'AWS_DEFAULT_REGION',
    });
    expect(fromEnvironment(region, {})).toBeUndefined();
    expect(fromEnvironment(portSetting, { DYNOPS_PORT: '0' })).toMatchObject({ value: 0 });
  });

  it.each([
    [placeSettings.stack, { DYNOPS_STACK: '../x' }, 'DYNOPS_STACK'],
    [placeSettings.target, { DYNOPS_TARGET: 'cloud' }, 'DYNOPS_TARGET'],
    [placeSettings.endpointUrl, { DYNOPS_ENDPOINT_URL: 'http://u:secret@localhost' }, 'DYNOPS_ENDPOINT_URL'],
    [portSetting, { DYNOPS_PORT: '70000' }, 'DYNOPS_PORT'],
  ])('is refused by the name of the variable, its value unseen', (setting, env, variable) => {
    const read = () => fromEnvironment(setting as Kind<unknown>, env);
    expect(read).toThrow(expect.objectContaining({ code: 'Usage', exitStatus: 64 }));
    expect(read).toThrow(variable);
    expect(read).not.toThrow('secret');
  });
});
