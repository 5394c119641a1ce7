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
  /** What said so: a flag, a variable, a key of a settings file, AWS's own files; undefined: the default. */
  saidBy: { target: string | undefined; region: string | undefined; profile: string | undefined };
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
  const { kind, endpointUrl, saidBy } = chooseKind(flags, surroundings);
  if (kind === 'local' && flags.profile !== undefined) {
    throw usageError(
      `--profile ${flags.profile} names AWS credentials, but the target is the embedded engine.`,
      'Add --aws to act in that account. --shape sets how a load changes.',
    );
  }
  const named = fromEnvironment(placeSettings.profile, env);
  const profiles = [said(flags.profile, '--profile'), named, said(settings.profile, '"profile"')];
  const profile = kind === 'local' ? undefined : profiles.find(Boolean);
  const regions = [
    said(flags.region, '--region'),
    fromEnvironment(placeSettings.region, env),
    said(settings.region, '"region"'),
  ];
  const sharedBy = profile?.value ?? named?.value ?? 'default';
  const chosen =
    regions.find(Boolean) ?? said(await sharedConfigRegion(sharedBy, env), `AWS's settings of profile ${sharedBy}`);
  const region = chosen?.value ?? 'us-east-1';
  const problem = placeSettings.region.problem(region);
  if (problem !== undefined)
    throw usageError(`The region ${problem}, not "${region}".`, 'For example --region eu-west-1.');
  return {
    kind,
    endpointUrl,
    region,
    profile: profile?.value,
    saidBy: { target: saidBy, region: chosen?.variable, profile: profile?.variable },
    identity: identityOf({ kind, endpointUrl, profile: profile?.value, env }),
  };
}

const said = (value: string | undefined, variable: string): { value: string; variable: string } | undefined =>
  value === undefined ? undefined : { value, variable };

type Kind = Pick<TargetChoice, 'kind' | 'endpointUrl'> & { saidBy: string | undefined };

function chooseKind(flags: TargetFlags, surroundings: { env: Environment; settings: Settings }): Kind {
  const { env, settings } = surroundings;
  if (flags.aws && flags.endpointUrl !== undefined) {
    throw usageError('--aws and --endpoint-url cannot be used together.', 'Give only one of them.');
  }
  if (flags.endpointUrl !== undefined) return endpoint(flags.endpointUrl, '--endpoint-url');
  if (flags.aws) return realAccount(env, '--aws');
  const [target, url] = [placeSettings.target, placeSettings.endpointUrl].map((setting) =>
    fromEnvironment<string>(setting, env),
  );
  if (target && url) {
    throw usageError(`${target.variable} and ${url.variable} cannot be used together.`, 'Unset one of them.');
  }
  if (url) return endpoint(url.value, url.variable);
  const kind = target?.value ?? settings.target;
  const saidBy = target?.variable ?? (settings.target === undefined ? undefined : '"target"');
  if (kind === 'aws') return realAccount(env, saidBy);
  if (kind === undefined && settings.endpointUrl !== undefined) return endpoint(settings.endpointUrl, '"endpointUrl"');
  return { kind: 'local', endpointUrl: undefined, saidBy };
}

function endpoint(url: string, source: string): Kind {
  const problem = placeSettings.endpointUrl.problem(url);
  if (problem !== undefined) throw usageError(`${source} ${problem}.`, 'For example http://127.0.0.1:4566.');
  return { kind: 'endpoint', endpointUrl: url.replace(/\/+$/, ''), saidBy: source };
}

function realAccount(env: Environment, saidBy: string | undefined): Kind {
  // The SDK would follow it, and what was asked for as the real account would be something else.
  if (env.AWS_ENDPOINT_URL && env.AWS_IGNORE_CONFIGURED_ENDPOINT_URLS !== 'true') {
    throw usageError(
      `The target is AWS, but AWS_ENDPOINT_URL points to ${env.AWS_ENDPOINT_URL}.`,
      'Run `unset AWS_ENDPOINT_URL`, or act there with --endpoint-url.',
    );
  }
  return { kind: 'aws', endpointUrl: undefined, saidBy };
}

function identityOf(choice: Omit<Kind, 'saidBy'> & { profile: string | undefined; env: Environment }): string {
  if (choice.kind === 'local') return 'local';
  const { profile, env } = choice;
  // A web identity, as that of a CI's job, stands for a role of whichever account.
  const others = env.AWS_ROLE_ARN ? `role ${env.AWS_ROLE_ARN}` : 'default';
  const credentials =
    profile !== undefined ? `profile ${profile}` : env.AWS_ACCESS_KEY_ID ? `key ${env.AWS_ACCESS_KEY_ID}` : others;
  const where = `${choice.endpointUrl ?? 'aws'}\n${env.AWS_CONFIG_FILE ?? ''}\n${env.AWS_SHARED_CREDENTIALS_FILE ?? ''}`;
  return `${choice.kind}-${createHash('sha256').update(`${where}\n${credentials}`).digest('hex').slice(0, 16)}`;
}
