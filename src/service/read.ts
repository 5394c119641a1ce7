import { readFile, stat } from 'node:fs/promises';
import { basename, dirname, resolve } from 'node:path';
import type { Environment } from '../environment.ts';
import { DynopsError } from '../errors.ts';
import { describingKeys } from '../settings/service-keys.ts';
import {
  type EnvironmentValue,
  type HttpMethod,
  type Route,
  type Service,
  type ServiceFunction,
  type ServiceTable,
  tutorialFunction,
  tutorialName,
  tutorialService,
  tutorialTable,
} from '../stack/service.ts';
import { boundaryOf, isWithin } from './boundary.ts';
import { type JsonFile, mistakes, parsedObject } from './json-file.ts';
import { routePattern, serviceMembers } from './members.ts';
import { keyAttribute, relationFaults } from './relations.ts';
import { membersOf, objectFaults } from './shape.ts';

/** A service file as it is checked to be. */
interface ServiceFile {
  stage?: string;
  functions?: Record<string, FunctionEntry>;
  tables?: Record<string, TableEntry>;
  routes: Record<string, string | { function: string; auth?: 'pool' | 'none'; integration?: 'proxy' | 'direct' }>;
  cors?: string[];
}

interface FunctionEntry {
  entry: string;
  handler?: string;
  runtime?: string;
  memoryMb?: number;
  timeoutSeconds?: number;
  environment?: Record<string, string | { from: string }>;
  tables?: string[];
}

interface TableEntry {
  key: string;
  sort?: string;
  indexes?: Record<string, { key: string; sort?: string }>;
  ttl?: string;
}

/** Reads a referenced value: `env:NAME`, `file:PATH`. */
export type ReadReference = (reference: string) => Promise<string>;

/**
 * The service that a `dynops.json` describes; the tutorial's where it describes none.
 * Throws DynopsError `ServiceFile` with every mistake, its line, and what would be right; nothing has been done then.
 * `settings`: the file's other members, which are checked where settings are. `readReference` is asked for each value that stands elsewhere; leave it out where values are not needed.
 */
export async function readService(
  text: string,
  options: { file: string; settings: readonly string[]; readReference?: ReadReference },
): Promise<Service> {
  const { file, settings, readReference = async () => '' } = options;
  const json = serviceFile(text, file);
  const root = parsedObject(json);
  if (!membersOf(root).some(({ key }) => describingKeys.includes(key))) return tutorialService;
  const own = {
    ...root,
    children: (root.children ?? []).filter(({ children: [name] = [] }) => !settings.includes(String(name?.value))),
  };
  const faults = objectFaults(serviceMembers, own, '');
  if (faults.length === 0) faults.push(...relationFaults(own, dirname(file)));
  if (faults.length > 0) throw mistakes(faults, json);
  return serviceOf(JSON.parse(text) as ServiceFile, dirname(file), readReference);
}

const serviceFile = (text: string, file: string): JsonFile => ({
  text,
  file,
  example: '{"routes": {"GET /": "hello"}}',
  error: (message) =>
    new DynopsError({
      code: 'ServiceFile',
      message,
      hint: 'Nothing was changed. docs/service.md describes every member.',
    }),
});

async function serviceOf(file: ServiceFile, folder: string, readReference: ReadReference): Promise<Service> {
  const routes = Object.entries(file.routes).map(([key, value]): Route => {
    const [, method = 'ANY', path = '/'] = routePattern.exec(key) ?? [];
    const long = typeof value === 'string' ? { function: value } : value;
    // Checked by the pattern above.
    return { method: method as HttpMethod, path, auth: 'pool', integration: 'proxy', ...long };
  });
  const own = await Promise.all(
    Object.entries(file.functions ?? {}).map(([name, entry]) => functionOf(name, entry, { folder, readReference })),
  );
  const tables = Object.entries(file.tables ?? {}).map(([name, entry]) => tableOf(name, entry));
  const usesTutorial = routes.some((route) => route.function === tutorialName);
  const usesTable = usesTutorial || own.some((one) => one.tables.includes(tutorialName));
  return {
    stage: file.stage ?? 'prod',
    functions: usesTutorial ? [...own, tutorialFunction] : own,
    tables: usesTable ? [...tables, tutorialTable] : tables,
    routes,
    cors: file.cors ?? [],
  };
}

/** Stack traces then name the source instead of the bundle. */
const sourceMaps = { NODE_OPTIONS: { value: '--enable-source-maps', secret: false } };

async function functionOf(
  name: string,
  entry: FunctionEntry,
  { folder, readReference }: { folder: string; readReference: ReadReference },
): Promise<ServiceFunction> {
  const path = resolve(folder, entry.entry);
  const isPython = path.endsWith('.py');
  const exported = entry.handler ?? 'handler';
  const environment = await Promise.all(
    Object.entries(entry.environment ?? {}).map(
      async ([variable, value]): Promise<[string, EnvironmentValue]> => [
        variable,
        typeof value === 'string' ? { value, secret: false } : { value: await readReference(value.from), secret: true },
      ],
    ),
  );
  return {
    name,
    code: { kind: isPython ? 'python' : 'node', entry: path, folder },
    runtime: entry.runtime ?? (isPython ? 'python3.13' : undefined),
    memoryMb: entry.memoryMb,
    timeoutSeconds: entry.timeoutSeconds ?? 10,
    // A bundle is always `index.mjs`; Python keeps its file's name.
    handler: isPython ? `${basename(path, '.py')}.${exported}` : `index.${exported}`,
    environment: { ...(isPython ? {} : sourceMaps), ...Object.fromEntries(environment) },
    tables: entry.tables ?? [],
  };
}

function tableOf(name: string, { key, sort, indexes = {}, ttl }: TableEntry): ServiceTable {
  const keys = (entry: { key: string; sort?: string }) => ({
    key: keyAttribute(entry.key),
    sort: entry.sort === undefined ? undefined : keyAttribute(entry.sort),
  });
  return {
    name,
    ...keys({ key, ...(sort !== undefined && { sort }) }),
    indexes: Object.entries(indexes).map(([index, entry]) => ({ name: index, ...keys(entry) })),
    ttl,
  };
}

/** Lambda's environment has 4 KB in all: https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html */
const mostValueBytes = 4_096;

/** Reads references from this machine's environment, and from files of the service's own. Throws DynopsError `MissingValue`. */
export function referencesOf(env: Environment, folder: string): ReadReference {
  return async (reference) => {
    const at = reference.indexOf(':');
    const [kind, name] = [reference.slice(0, at), reference.slice(at + 1)];
    if (kind === 'env') {
      return env[name] ?? missing(reference, 'is not there', `Set it: export ${name}=…`);
    }
    const file = resolve(folder, name);
    const found = await stat(file).catch(() => undefined);
    if (!found) return missing(reference, 'is not there', `Write it to ${file}.`);
    if (!isWithin(boundaryOf(folder), file)) {
      return missing(reference, 'is outside of the service and its repository', 'Hand it over as env:NAME.');
    }
    if (!found.isFile() || found.size > mostValueBytes) {
      return missing(
        reference,
        `is not a file of at most ${mostValueBytes} bytes`,
        'Lambda takes no more variables than that.',
      );
    }
    return (await readFile(file, 'utf8')).replace(/\r?\n$/, '');
  };
}

function missing(reference: string, what: string, hint: string): never {
  throw new DynopsError({
    code: 'MissingValue',
    message: `dynops.json refers to ${reference}, which ${what}.`,
    hint,
  });
}
