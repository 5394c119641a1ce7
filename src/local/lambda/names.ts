import { AwsError } from '../aws-error.ts';
import type { EngineParts } from '../engine-parts.ts';

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

/** A function's name and what is named of it, from a name that may be an ARN and the request's own qualifier. */
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

/** A function's ARN as AWS tells it to those who named a version or an alias: with that. */
export function askedArn(
  engine: EngineParts,
  region: string,
  input: { FunctionName: string | undefined; Qualifier?: string | undefined },
): string {
  const { name, qualifier } = readTarget(engine, region, input);
  return qualifiedArn(functionArn(engine, region, name), qualifier);
}

export const qualifiedArn = (arn: string, qualifier: string | undefined) =>
  qualifier === undefined ? arn : `${arn}:${qualifier}`;
