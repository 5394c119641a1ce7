import { createHash } from 'node:crypto';
import type { Environment } from '../environment.ts';
import { usageError } from '../errors.ts';
import { fromEnvironment } from '../settings/environment.ts';
import { placeSettings, type Settings } from '../settings/table.ts';
import { sharedConfigRegion } from './shared-config.ts';

/** The flags that choose a target. */
export interface TargetFlags {
  aws: boolean;
  endpointUrl?: string | undefined;
  profile?: string | undefined;
  region?: string | undefined;
}

/** Where a command will act, known before anything is started or called. */
export interface TargetChoice {
  kind: 'local' | 'aws' | 'endpoint';
  /** Of an `endpoint` target; the embedded engine's address is known once it runs. */
  endpointUrl: string | undefined;
  region: string;
  profile: string | undefined;
  /**
   * Names the credentials without showing them: two choices with the same `identity` act in the same account.
   * Cached outputs are found by it without asking AWS who the caller is.
   */
  identity: string;
}

/**
 * Flag, then environment, then settings file, then the local engine. A real account is only ever asked for by name.
 * Contradictions within one level are usage errors; a level overrides those below it.
 */
export async function chooseTarget(
  flags: TargetFlags,
  surroundings: { env: Environment; settings: Settings },
): Promise<TargetChoice> {
  const { env, settings } = surroundings;
  const { kind, endpointUrl } = chooseKind(flags, surroundings);
  if (kind === 'local' && flags.profile !== undefined) {
    throw usageError(
      `--profile ${flags.profile} names AWS credentials, but the target is the embedded engine.`,
      'Add --aws to act in that account. Profiles of a load are fixed, ramp-up, spike and peak.',
    );
  }
  const named = fromEnvironment(placeSettings.profile, env)?.value;
  const profile = kind === 'local' ? undefined : (flags.profile ?? named ?? settings.profile);
  const region =
    flags.region ??
    fromEnvironment(placeSettings.region, env)?.value ??
    settings.region ??
    (await sharedConfigRegion(profile ?? named ?? 'default', env)) ??
    'us-east-1';
  const problem = placeSettings.region.problem(region);
  if (problem !== undefined)
    throw usageError(`The region ${problem}, not "${region}".`, 'For example --region eu-west-1.');
  return { kind, endpointUrl, region, profile, identity: identityOf({ kind, endpointUrl, profile, env }) };
}

type Kind = Pick<TargetChoice, 'kind' | 'endpointUrl'>;

function chooseKind(flags: TargetFlags, surroundings: { env: Environment; settings: Settings }): Kind {
  const { env, settings } = surroundings;
  if (flags.aws && flags.endpointUrl !== undefined) {
    throw usageError('--aws and --endpoint-url exclude each other.', 'Give the one that is meant.');
  }
  if (flags.endpointUrl !== undefined) return endpoint(flags.endpointUrl, '--endpoint-url');
  if (flags.aws) return realAccount(env);
  const [target, url] = [placeSettings.target, placeSettings.endpointUrl].map((setting) =>
    fromEnvironment<string>(setting, env),
  );
  if (target && url) {
    throw usageError(`${target.variable} and ${url.variable} exclude each other.`, 'Unset the one that is not meant.');
  }
  if (url) return endpoint(url.value, url.variable);
  const kind = target?.value ?? settings.target;
  if (kind === 'aws') return realAccount(env);
  if (kind === undefined && settings.endpointUrl !== undefined) return endpoint(settings.endpointUrl, '"endpointUrl"');
  return { kind: 'local', endpointUrl: undefined };
}

function endpoint(url: string, source: string): Kind {
  const problem = placeSettings.endpointUrl.problem(url);
  if (problem !== undefined) throw usageError(`${source} ${problem}.`, 'For example http://127.0.0.1:4566.');
  return { kind: 'endpoint', endpointUrl: url.replace(/\/+$/, '') };
}

function realAccount(env: Environment): Kind {
  // The SDK would follow it, and what was asked for as the real account would be something else.
  if (env.AWS_ENDPOINT_URL && env.AWS_IGNORE_CONFIGURED_ENDPOINT_URLS !== 'true') {
    throw usageError(
      `The target is AWS, but AWS_ENDPOINT_URL points to ${env.AWS_ENDPOINT_URL}.`,
      'Run `unset AWS_ENDPOINT_URL`, or act there with --endpoint-url.',
    );
  }
  return { kind: 'aws', endpointUrl: undefined };
}

function identityOf(choice: Kind & { profile: string | undefined; env: Environment }): string {
  if (choice.kind === 'local') return 'local';
  const { profile, env } = choice;
  const credentials =
    profile !== undefined ? `profile ${profile}` : env.AWS_ACCESS_KEY_ID ? `key ${env.AWS_ACCESS_KEY_ID}` : 'default';
  const where = `${choice.endpointUrl ?? 'aws'}\n${env.AWS_CONFIG_FILE ?? ''}\n${env.AWS_SHARED_CREDENTIALS_FILE ?? ''}`;
  return `${choice.kind}-${createHash('sha256').update(`${where}\n${credentials}`).digest('hex').slice(0, 16)}`;
}
