import type { AwsCredentialIdentity, RuntimeConfigAwsCredentialIdentityProvider } from '@aws-sdk/types';
import { type SharedProfile, sharedFiles, sharedProfiles } from '../endpoint/shared-config.ts';
import type { Target } from '../endpoint/target.ts';
import type { Environment } from '../environment.ts';
import { type AwsProblem, DynopsError, reasonOf } from '../errors.ts';

/**
 * The SDK's own chain, which says of any failure that it could not load credentials from any provider: here the profile that
 * it had to ask is asked first, and why that failed is told. undefined where no profile is asked. `signal`: ends the program
 * that a profile runs.
 */
export function profileCredentials(
  { credentials, profile }: Target,
  { env, signal }: { env: Environment; signal: AbortSignal },
): RuntimeConfigAwsCredentialIdentityProvider | undefined {
  if (credentials !== undefined) return undefined;
  const named = profile ?? env.AWS_PROFILE;
  if (named === undefined && env.AWS_ACCESS_KEY_ID) {
    for (const name of ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'AWS_SESSION_TOKEN']) {
      const problem = unsendable(env[name]);
      if (problem) throw failure(`${name} ${problem}`, 'unsendable', undefined);
    }
    return undefined;
  }
  let kept: Promise<AwsCredentialIdentity | undefined> = Promise.resolve(undefined);
  // One for all clients, also where several ask at once: a profile may run a program, or ask AWS itself.
  return (asked) => {
    const found = kept
      .catch(() => undefined)
      .then((before) => (before !== undefined && !isStale(before) ? before : load(named, { env, asked, signal })));
    kept = found;
    return found;
  };
}

type Asked = Parameters<RuntimeConfigAwsCredentialIdentityProvider>[0];

const marginMs = 5 * 60_000;
const isStale = ({ expiration }: AwsCredentialIdentity) =>
  expiration !== undefined && expiration.getTime() - Date.now() < marginMs;

async function load(
  named: string | undefined,
  by: { env: Environment; asked: Asked; signal: AbortSignal },
): Promise<AwsCredentialIdentity> {
  const { env, asked, signal } = by;
  const profile = named ?? 'default';
  const profiles = await sharedProfiles(env);
  const problem = problemIn(profiles, { profile, isNamed: named !== undefined, env });
  if (problem) throw problem;
  const { endProgramsOn } = await import('./credential-process.ts');
  endProgramsOn(signal);
  if (saysHow(profiles, profile)) {
    const { fromIni } = await import('@aws-sdk/credential-provider-ini');
    const file = fileOf(profiles, profile);
    const found = await fromIni({ profile })(asked).catch((error: unknown) => {
      signal.throwIfAborted();
      throw unsendableToken(error) ?? failureOf(error, { profile, file });
    });
    return sendable(found, { of: `Profile "${profile}" (${file})`, profile });
  }
  const { defaultProvider } = await import('@aws-sdk/credential-provider-node');
  const found = await defaultProvider(named === undefined ? {} : { profile: named })(asked).catch((error: unknown) => {
    throw unsendableToken(error) ?? unreadable(error, named) ?? error;
  });
  return sendable(found, { of: 'The credentials that were found', profile: named });
}

/** Why AWS could not be sent a part of credentials, which all are printable ASCII without blanks; the part itself is secret. */
function unsendable(part: string | undefined): string | undefined {
  const found = /[^\x21-\x7e]/.exec(part ?? '')?.[0];
  if (found === undefined) return undefined;
  const what =
    found === '\n' || found === '\r'
      ? 'a line break'
      : /\s/.test(found)
        ? 'a blank'
        : found < ' ' || found === '\x7f'
          ? 'a control character'
          : 'a character outside ASCII';
  return `cannot be sent: it holds ${what}.`;
}

function sendable(
  found: AwsCredentialIdentity,
  { of, profile }: { of: string; profile: string | undefined },
): AwsCredentialIdentity {
  const { accessKeyId, secretAccessKey, sessionToken } = found;
  const parts = { 'access key id': accessKeyId, 'secret access key': secretAccessKey, 'session token': sessionToken };
  for (const [name, part] of Object.entries(parts)) {
    const problem = unsendable(part);
    if (problem) throw failure(`${of}: the ${name} ${problem}`, 'unsendable', profile);
  }
  return found;
}

/** A container's credentials are asked for with a token, for which the SDK throws Node's own error. */
function unsendableToken(error: unknown): DynopsError | undefined {
  if (!(error instanceof TypeError) || !error.message.startsWith('Invalid character in header')) return undefined;
  const problem = 'cannot be sent: it holds a line break or another character that no header can.';
  return failure(`AWS_CONTAINER_AUTHORIZATION_TOKEN ${problem}`, 'unsendable', undefined, error);
}

/** A file that the environment or a profile names, as that of a web identity's token: the SDK throws Node's own error. */
function unreadable(error: unknown, profile: string | undefined, of = 'The credentials'): DynopsError | undefined {
  if (!(error instanceof Error) || !('syscall' in error) || !['open', 'read'].includes(String(error.syscall))) return;
  const file = 'path' in error ? String(error.path) : 'a file that they name';
  const problem = profile === undefined ? 'no-credentials' : 'profile-settings';
  return failure(`${of} cannot be had: ${file} cannot be read: ${reasonOf(error)}.`, problem, profile, error);
}

/** One of these in a profile says where its credentials come from. */
const sources = [
  'aws_access_key_id',
  'credential_process',
  'credential_source',
  'login_session',
  'role_arn',
  'source_profile',
  'sso_account_id',
  'sso_session',
  'sso_start_url',
  'web_identity_token_file',
];

const saysHow = (profiles: SharedProfile[], name: string): boolean =>
  sources.some((key) => settingOf(profiles, name, key));

const settingOf = (profiles: SharedProfile[], name: string, key: string): string | undefined =>
  profiles.findLast((one) => one.name === name && one.settings[key])?.settings[key];

const fileOf = (profiles: SharedProfile[], name: string): string =>
  (
    profiles.find((one) => one.name === name && sources.some((key) => one.settings[key])) ??
    profiles.find((one) => one.name === name)
  )?.file ?? '';

/** What the files alone tell: a profile that is not there, itself or where another takes its credentials from. */
function problemIn(
  profiles: SharedProfile[],
  { profile, isNamed, env }: { profile: string; isNamed: boolean; env: Environment },
): DynopsError | undefined {
  const { config, credentials } = sharedFiles(env);
  const isThere = (name: string) => profiles.some((one) => one.name === name);
  const nowhere = `is in neither ${config} nor ${credentials}`;
  if (!isThere(profile))
    return isNamed ? failure(`Profile "${profile}" ${nowhere}.`, 'no-profile', profile) : undefined;
  const visited = [profile];
  for (;;) {
    const from = visited.at(-1) ?? profile;
    const source = settingOf(profiles, from, 'source_profile');
    if (source === undefined || (source === from && settingOf(profiles, from, 'aws_access_key_id'))) return undefined;
    const where = `Profile "${from}" takes its credentials from profile "${source}" (source_profile in ${fileOf(profiles, from)})`;
    if (!isThere(source)) return failure(`${where}, which ${nowhere}.`, 'no-profile', source);
    if (visited.includes(source)) {
      return failure(
        `${where}, which leads back to itself: ${[...visited, source].join(' → ')}.`,
        'profile-settings',
        from,
      );
    }
    visited.push(source);
  }
}

/** What asking the profile's source has come to. */
function failureOf(thrown: unknown, { profile, file }: { profile: string; file: string }): unknown {
  const error = thrown instanceof Error ? thrown : new Error(String(thrown));
  const of = `Profile "${profile}" (${file})`;
  const unread = unreadable(error, profile, `The credentials of profile "${profile}" (${file})`);
  if (unread) return unread;
  // The SDK's way to say that a section is missing which the profile names.
  if (error instanceof TypeError)
    return failure(`${of}: its settings are incomplete.`, 'profile-settings', profile, error);
  if (error.name !== 'CredentialsProviderError' && error.name !== 'TokenProviderError') return thrown;
  const { message } = error;
  const isSso = /\bsso\b/i.test(message);
  if (isSso && /expired|invalid|not found|refresh|login|token/i.test(message)) {
    return failure(`${of}: its SSO session has expired, or was never begun.`, 'sso-session', profile, error);
  }
  if (/multi-factor|\bMFA\b/i.test(message)) return failure(`${of}: ${message}`, 'mfa', profile, error);
  if (/^Command failed|credential_process/.test(message)) {
    // The command itself may hold secrets.
    const said =
      message
        .replace(/^Command failed: .*/, '')
        .trim()
        .split('\n')
        .at(-1) ?? '';
    const why = said === '' ? 'it ended with a failure and said nothing' : said.slice(0, 300);
    return failure(`${of}: its credential_process gives no credentials: ${why}`, 'credential-process', profile, error);
  }
  return failure(`${of}: ${message}`, 'profile-settings', profile, error);
}

function failure(message: string, problem: AwsProblem, profile: string | undefined, cause?: Error): DynopsError {
  const foreignCode = 'CredentialsProviderError';
  return new DynopsError({
    foreignCode,
    message,
    facts: { problem, profile },
    cause,
  });
}
