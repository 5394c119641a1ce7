import type { ApplicationLogLevel, Architecture, Runtime, SystemLogLevel } from '@aws-sdk/client-lambda';
import type { EngineParts } from '../engine-parts.ts';
import { functionArn, notFound, qualifiedArn, readName, readTarget } from './names.ts';
import type { PermissionStatement } from './resource-policy.ts';

/** From which level on lines of JSON logs are kept: the function's own, and Lambda's. */
export interface LogLevels {
  application: ApplicationLogLevel;
  system: SystemLogLevel;
}

/** What functions, their versions and their aliases have each for themselves. */
interface Invocable {
  region: string;
  arn: string;
  description: string;
  /** New with every change of code or configuration, and once more when the change is through. */
  revision: string;
  statements: PermissionStatement[];
  policyRevision: string;
  /** Of asynchronous invocations, where they are not tried as often and as long as usual. */
  eventInvoke?: { maxRetries?: number; maxAgeSeconds?: number; modifiedAtMs: number };
}

export interface FunctionRecord extends Invocable {
  name: string;
  /** Of a published version, which keeps its code and its settings: `1`, `2`, …; missing: of the function itself. */
  version?: string;
  /** The last version published of it, and what its own description was then. */
  published?: { version: string; description: string };
  roleArn: string;
  runtime: Runtime;
  handler: string;
  timeoutSeconds: number;
  memoryMb: number;
  architecture: Architecture;
  environment: Record<string, string>;
  /** Whether an environment was given, be it an empty one: Lambda says so. */
  hasEnvironment?: boolean;
  tracing: 'Active' | 'PassThrough';
  ephemeralStorageMb: number;
  /** `levels`: of JSON logs only; the usual ones where none were set. */
  logging: { format: 'Text' | 'JSON'; group: string; levels?: LogLevels };
  codeSha256: string;
  codeBytes: number;
  /** Missing in records of earlier versions, which had one for both. */
  settledRevision?: string;
  modifiedAtMs: number;
  /** Pending before. */
  activeAtMs: number;
  /** The last update is in progress before. */
  updatedAtMs: number;
  tags: Record<string, string>;
  reservedConcurrency?: number;
}

export interface AliasRecord extends Invocable {
  functionName: string;
  alias: string;
  /** The version that it stands for. */
  target: string;
  /** Another version, and its share of the invocations, 0 to 1. */
  second?: { version: string; weight: number };
}

/** What an invocation can be of. */
export type Qualified = FunctionRecord | AliasRecord;
/** Whether an alias may invoke a version. */
export const leadsTo = ({ target, second }: AliasRecord, version: string) =>
  target === version || second?.version === version;
export const isAlias = (found: Qualified): found is AliasRecord => 'alias' in found;

export const usualLevels: LogLevels = { application: 'INFO', system: 'INFO' };

export const latest = '$LATEST';
export const versionOf = ({ version = latest }: FunctionRecord) => version;

export const functionsOf = (engine: EngineParts) => engine.store.collection<FunctionRecord>('lambda/functions');
const versionRecords = (engine: EngineParts) => engine.store.collection<FunctionRecord>('lambda/versions');
const aliasRecords = (engine: EngineParts) => engine.store.collection<AliasRecord>('lambda/aliases');

/** A function's published versions, in no order. */
export const versionsOf = (engine: EngineParts, { region, name }: FunctionRecord) =>
  versionRecords(engine).values(`${region}/${name}/`);
/** Of all functions. */
export const allVersions = (engine: EngineParts, region = '') => versionRecords(engine).values(region && `${region}/`);
export const aliasesOf = (engine: EngineParts, { region, name }: FunctionRecord) =>
  aliasRecords(engine).values(`${region}/${name}/`);

function placeOf(record: Qualified): { collection: string; key: string } {
  if (isAlias(record)) {
    return { collection: 'lambda/aliases', key: `${record.region}/${record.functionName}/${record.alias}` };
  }
  const key = `${record.region}/${record.name}`;
  return record.version === undefined
    ? { collection: 'lambda/functions', key }
    : { collection: 'lambda/versions', key: `${key}/${record.version}` };
}

/** What is saved and deleted in one turn lands together, or not at all. */
export function save(engine: EngineParts, record: Qualified): Promise<void> {
  const { collection, key } = placeOf(record);
  return engine.store.collection<Qualified>(collection).put(key, record);
}

export function deleteRecord(engine: EngineParts, record: Qualified): Promise<void> {
  const { collection, key } = placeOf(record);
  return engine.store.collection<Qualified>(collection).delete(key);
}

export const findFunction = (engine: EngineParts, region: string, name: string): FunctionRecord | undefined =>
  functionsOf(engine).get(`${region}/${name}`);

/** By name, ARN, or `ACCOUNT:function:NAME`: a function, or the version or alias of it that is named. */
export function findQualified(
  engine: EngineParts,
  region: string,
  nameOrArn: string,
  qualifier?: string,
): Qualified | undefined {
  const asked = readName(nameOrArn);
  if ((asked.region ?? region) !== region || (asked.account ?? engine.accountId) !== engine.accountId) return undefined;
  const named = qualifier ?? asked.qualifier ?? latest;
  if (named === latest) return findFunction(engine, region, asked.name);
  const key = `${region}/${asked.name}/${named}`;
  return versionRecords(engine).get(key) ?? aliasRecords(engine).get(key);
}

/** A function or one of its versions; an alias as the version that it stands for. Throws as `requireFunction`. */
export function requireVersion(
  engine: EngineParts,
  region: string,
  input: { FunctionName: string | undefined; Qualifier?: string | undefined },
): FunctionRecord {
  const { name, qualifier } = readTarget(engine, region, input);
  const found = findQualified(engine, region, name, qualifier);
  if (!found) throw notFound(`Function not found: ${qualifiedArn(functionArn(engine, region, name), qualifier)}`);
  return isAlias(found) ? requireVersion(engine, region, { FunctionName: name, Qualifier: found.target }) : found;
}

/** What only functions have, and neither versions nor aliases. Throws AwsError ResourceNotFoundException, InvalidParameterValueException, AccessDeniedException. */
export function requireFunction(
  engine: EngineParts,
  region: string,
  nameOrArn: string | undefined,
  ownQualifier?: string,
): FunctionRecord {
  const { name, qualifier } = readTarget(engine, region, { FunctionName: nameOrArn, Qualifier: ownQualifier });
  const found = (qualifier ?? latest) === latest ? findFunction(engine, region, name) : undefined;
  if (found) return found;
  throw notFound(`Function not found: ${qualifiedArn(functionArn(engine, region, name), qualifier)}`);
}
