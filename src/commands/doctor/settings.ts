import type { Context } from '../../session/command.ts';
import { fromEnvironment } from '../../settings/environment.ts';
import { placeSettings } from '../../settings/table.ts';

/** A setting that counts here, and what says so. */
export interface Origin {
  name: string;
  value: unknown;
  /** A flag, a variable, a file; `default` where nothing says it. */
  from: string;
}

/** Where a command would act and what for, then whatever else the settings files say. */
export async function origins(context: Context): Promise<Origin[]> {
  const { options, env, home } = context;
  const [choice, stack, { values, from: files }] = await Promise.all([
    context.choice(),
    context.stack(),
    context.fileSettings(),
  ]);
  /** `"region"` of a settings file → the file's name. */
  const told = (by: string | undefined): string => {
    const [, key] = /^"(.*)"$/.exec(by ?? '') ?? [];
    const file = Object.entries(files).find(([name]) => name === key)?.[1];
    return file ?? by ?? 'default';
  };
  const { kind, endpointUrl, region, profile, saidBy } = choice;
  const stackBy = options.stack === undefined ? fromEnvironment(placeSettings.stack, env)?.variable : '--stack';
  const place = [
    { name: 'target', value: endpointUrl ?? kind, from: told(saidBy.target) },
    ...(profile === undefined ? [] : [{ name: 'profile', value: profile, from: told(saidBy.profile) }]),
    { name: 'region', value: region, from: told(saidBy.region) },
    { name: 'stack', value: stack, from: stackBy ?? files.stack ?? 'default' },
    {
      name: 'home',
      value: home,
      from: env.DYNOPS_HOME ? 'DYNOPS_HOME' : env.XDG_DATA_HOME ? 'XDG_DATA_HOME' : 'default',
    },
  ];
  const others = Object.entries(values)
    .filter(([name]) => ![...place.map((one) => one.name), 'endpointUrl', 'profile'].includes(name))
    .map(([name, value]) => ({ name, value, from: Object.entries(files).find(([key]) => key === name)?.[1] ?? '' }));
  return [...place, ...others];
}
