/** Names that the scripts ask `dynops completion` for each time. */
export const nameKinds = ['profiles', 'stacks', 'functions', 'tables', 'events', 'snapshots'] as const;
export type NameKind = (typeof nameKinds)[number];
export const isNameKind = (text: string): text is NameKind => nameKinds.some((kind) => kind === text);

/** The options and first arguments that take such a name, by their flag, or by their command where that decides. */
const askedFor: Record<string, NameKind> = {
  '--profile': 'profiles',
  '--stack': 'stacks',
  '--function': 'functions',
  '--event': 'events',
  '--save': 'events',
  'table items --table': 'tables',
  'table export --table': 'tables',
  'table import --table': 'tables',
  'local snapshot save': 'snapshots',
  'local snapshot load': 'snapshots',
  'local snapshot delete': 'snapshots',
};

/** What is offered where anything else is taken too. */
const usual: Record<string, string[]> = {
  '--runtime': ['nodejs24.x', 'nodejs22.x'],
  '--region': [
    ...['us-east-1', 'us-east-2', 'us-west-1', 'us-west-2', 'ca-central-1', 'sa-east-1'],
    ...['eu-central-1', 'eu-west-1', 'eu-west-2', 'eu-west-3', 'eu-north-1', 'eu-south-1'],
    ...['ap-northeast-1', 'ap-northeast-2', 'ap-northeast-3', 'ap-south-1', 'ap-southeast-1', 'ap-southeast-2'],
    ...['af-south-1', 'me-central-1', 'il-central-1'],
  ],
  '--memory': ['128', '256', '512', '1024', '1769', '3008'],
  'tune --memory': ['128,256,512,1024,1769', '128,512', '512,1024,1769'],
  '--arch': ['arm64', 'x86_64', 'arm64,x86_64'],
};

/**
 * Values that can follow: names asked for when needed, programs of this machine, or these words; none of all where files
 * may be meant.
 */
export type Values = { names: NameKind } | { programs: true } | { words: readonly string[] };

export const wordsOf = (values: Values): readonly string[] => ('words' in values ? values.words : []);

/** `command`: `table items`; `flag`: undefined for its first argument. */
export function valuesOf(command: string, flag: string | undefined, choices: readonly string[]): Values {
  const key = flag === undefined ? command : `${command} ${flag}`;
  if (key === 'exec') return { programs: true };
  const names = askedFor[key] ?? askedFor[flag ?? ''];
  if (names !== undefined) return { names };
  return { words: choices.length > 0 ? choices : (usual[key] ?? usual[flag ?? ''] ?? []) };
}
