import type { StackSettings } from '../stack/settings.ts';
import type { Context } from './command.ts';

/** The options of up, plan and status that say how the stack should be. */
export interface SettingOptions {
  username?: string;
  passwordLength?: number;
  temporaryDays?: number;
  tokenMinutes?: number;
  policy?: 'least-privilege' | 'tutorial';
  memory?: number;
  runtime?: string;
  architecture?: 'arm64' | 'x86_64';
  retention?: number;
  callbackUrl?: string[];
  logoutUrl?: string[];
  domainPrefix?: string;
  tracing?: boolean;
}

/** What the stack should be: flags over settings files; the rest is left to the stack's own defaults. */
export async function stackSettings(context: Context, options: SettingOptions): Promise<StackSettings> {
  const { target: _target, endpointUrl: _url, profile: _profile, region: _region, ...kept } = await context.settings();
  const { memory, retention, callbackUrl, logoutUrl, temporaryDays, username, passwordLength, tokenMinutes } = options;
  const { policy, runtime, architecture, tracing, domainPrefix } = options;
  const flags = {
    username,
    passwordLength,
    tokenMinutes,
    temporaryPasswordDays: temporaryDays,
    policy,
    runtime,
    architecture,
    tracing,
    domainPrefix,
    memoryMb: memory,
    retentionDays: retention,
    callbackUrls: callbackUrl,
    logoutUrls: logoutUrl,
  };
  const given = Object.fromEntries(Object.entries(flags).filter(([, value]) => value !== undefined));
  return { ...kept, ...given, stack: await context.stack() };
}
