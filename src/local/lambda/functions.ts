import type { ApplicationLogLevel, Architecture, Runtime, SystemLogLevel } from '@aws-sdk/client-lambda';
import { AwsError } from '../aws-error.ts';
import type { EngineParts } from '../engine-parts.ts';
import { isAbout, matches } from '../iam/policy.ts';

export interface PermissionStatement {
  Sid: string;
  Effect: 'Allow';
  Principal: { Service: string } | { AWS: string } | '*';
  Action: string;
  Resource: string;
  Condition?: Record<string, Record<string, string>>;
}

/** From which level on lines of JSON logs are kept: the function's own, and Lambda's. */
export interface LogLevels {
  application: ApplicationLogLevel;
  system: SystemLogLevel;
}

export interface FunctionRecord {
  region: string;
  name: string;
  arn: string;
  roleArn: string;
  runtime: Runtime;
  handler: string;
  description: string;
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
  /** New with every change of code or configuration, and once more when the change is through. */
  revision: string;
  /** Missing in records of earlier versions, which had one for both. */
  settledRevision?: string;
  modifiedAtMs: number;
  /** Pending before. */
  activeAtMs: number;
  /** The last update is in progress before. */
  updatedAtMs: number;
  tags: Record<string, string>;
  statements: PermissionStatement[];
  policyRevision: string;
  reservedConcurrency?: number;
  /** Of asynchronous invocations, where they are not tried as often and as long as usual. */
  eventInvoke?: { maxRetries?: number; maxAgeSeconds?: number; modifiedAtMs: number };
}

export const usualLevels: LogLevels = { application: 'INFO', system: 'INFO' };

export const functionsOf = (engine: EngineParts) => engine.store.collection<FunctionRecord>('lambda/functions');
const keyOf = (region: string, name: string) => `${region}/${name}`;

export const saveFunction = (engine: EngineParts, record: FunctionRecord) =>
  functionsOf(engine).put(keyOf(record.region, record.name), record);
export const deleteFunctionRecord = (engine: EngineParts, record: FunctionRecord) =>
  functionsOf(engine).delete(keyOf(record.region, record.name));

/** By name, ARN, or `ACCOUNT:function:NAME`; nothing but `$LATEST` is there of a function. */
export function findFunction(engine: EngineParts, region: string, nameOrArn: string): FunctionRecord | undefined {
  const asked = readName(nameOrArn);
  const here = (asked.region ?? region) === region && (asked.account ?? engine.accountId) === engine.accountId;
  return here && (asked.qualifier ?? '$LATEST') === '$LATEST'
    ? functionsOf(engine).get(keyOf(region, asked.name))
    : undefined;
}

/** A function's name and version, from a name that may be an ARN and the request's own qualifier. */
export function readTarget(
  engine: EngineParts,
  region: string,
  { FunctionName, Qualifier }: { FunctionName: string | undefined; Qualifier?: string | undefined },
): { name: string; qualifier: string | undefined } {
  const asked = readName(FunctionName ?? '');
  if (asked.region !== undefined && asked.region !== region) {
    throw notFound(`Functions from '${asked.region}' are not reachable in this region ('${region}')`);
  }
  if (asked.account !== undefined && asked.account !== engine.accountId) {
    throw new AwsError('AccessDeniedException', `This endpoint has no account ${asked.account}`, { statusCode: 403 });
  }
  if (asked.qualifier !== undefined && Qualifier !== undefined && asked.qualifier !== Qualifier) {
    throw new AwsError(
      'InvalidParameterValueException',
      'The derived qualifier from the function name does not match the specified qualifier.',
    );
  }
  return { name: asked.name, qualifier: Qualifier ?? asked.qualifier };
}

/** Throws AwsError ResourceNotFoundException, InvalidParameterValueException, AccessDeniedException. */
export function requireFunction(
  engine: EngineParts,
  region: string,
  nameOrArn: string | undefined,
  ownQualifier?: string,
): FunctionRecord {
  const { name, qualifier } = readTarget(engine, region, { FunctionName: nameOrArn, Qualifier: ownQualifier });
  const found = functionsOf(engine).get(keyOf(region, name));
  if (found && (qualifier ?? '$LATEST') === '$LATEST') return found;
  const arn = functionArn(engine, region, name);
  throw notFound(`Function not found: ${qualifier === undefined ? arn : `${arn}:${qualifier}`}`);
}

/** A function's ARN as AWS tells it to those who named a version: with that. */
export function askedArn(
  engine: EngineParts,
  { arn, region }: FunctionRecord,
  input: { FunctionName: string | undefined; Qualifier?: string | undefined },
): string {
  const { qualifier } = readTarget(engine, region, input);
  return qualifier === undefined ? arn : `${arn}:${qualifier}`;
}

export const notFound = (message: string) => new AwsError('ResourceNotFoundException', message);

export function functionArn(engine: EngineParts, region: string, name: string): string {
  return `arn:aws:lambda:${region}:${engine.accountId}:function:${name}`;
}

interface AskedName {
  region: string | undefined;
  account: string | undefined;
  name: string;
  qualifier: string | undefined;
}

/** The same few names come with every request. */
const namesRead = new Map<string, AskedName>();
const maxNamesRead = 1_000;

/** The validator has seen the name; what comes by another way and is none names no function. */
export function readName(nameOrArn: string): AskedName {
  const known = namesRead.get(nameOrArn);
  if (known) return known;
  const name = parseName(nameOrArn);
  if (namesRead.size >= maxNamesRead) namesRead.clear();
  namesRead.set(nameOrArn, name);
  return name;
}

function parseName(nameOrArn: string): AskedName {
  const match =
    /^(?:arn:aws[a-zA-Z-]*:lambda:)?(?:((?:eusc-)?[a-z]{2}(?:-[a-z]+)+-\d):)?(?:(\d{12}):)?(?:function:)?([\w.-]+)(?::(\$LATEST(?:\.PUBLISHED)?|[\w-]+))?$/.exec(
      nameOrArn,
    );
  const [, region, account, name = nameOrArn, qualifier] = match ?? [];
  return { region, account, name, qualifier };
}

/** Whether the function's resource policy lets a service invoke it on behalf of a source. */
export function mayInvoke({ statements }: FunctionRecord, request: { principal: string; sourceArn: string }): boolean {
  const known = decisions.get(statements) ?? new Map<string, boolean>();
  decisions.set(statements, known);
  const key = `${request.principal} ${request.sourceArn}`;
  const decided = known.get(key) ?? isAllowed(statements, request);
  if (known.size < maxDecisions) known.set(key, decided);
  return decided;
}

/** A changed policy is another list of statements. */
const decisions = new WeakMap<PermissionStatement[], Map<string, boolean>>();
const maxDecisions = 1_000;

function isAllowed(statements: PermissionStatement[], request: { principal: string; sourceArn: string }): boolean {
  return statements.some(({ Principal, Action, Condition }) => {
    const service = Principal === '*' ? '*' : 'Service' in Principal ? Principal.Service : undefined;
    if (service !== '*' && service !== request.principal) return false;
    if (!isAbout(Action, 'lambda:InvokeFunction')) return false;
    return Object.entries(Condition ?? {}).every(([operator, tests]) =>
      Object.entries(tests).every(([key, pattern]) => conditionHolds({ operator, key, pattern }, request.sourceArn)),
    );
  });
}

function conditionHolds(test: { operator: string; key: string; pattern: string }, sourceArn: string): boolean {
  if (test.key.toLowerCase() === 'aws:sourcearn') return matches(test.pattern, sourceArn);
  if (test.key.toLowerCase() === 'aws:sourceaccount') return sourceArn.split(':')[4] === test.pattern;
  return false;
}
