import { randomUUID } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import type { Lambda, ListVersionsByFunctionCommandInput, PublishVersionCommandInput } from '@aws-sdk/client-lambda';
import type { Engine } from '../engine.ts';
import type { Operations } from '../operations.ts';
import { textOrderOf } from '../paging.ts';
import { AwsError, type Call } from '../service.ts';
import { describeFunction, listedFunction } from './describe-function.ts';
import { type FunctionRecord, findQualified, isAlias, latest, requireFunction, save, versionsOf } from './functions.ts';
import { requireIdle } from './idle-function.ts';
import { qualifiedArn } from './names.ts';
import { page } from './paging.ts';
import { refuseUnserved } from './settings.ts';

/** What a version does not share with its function, or is not asked for where they are compared. */
const apart = {
  arn: '',
  version: undefined,
  published: undefined,
  description: '',
  revision: '',
  settledRevision: undefined,
  modifiedAtMs: 0,
  activeAtMs: 0,
  updatedAtMs: 0,
  tags: {},
  statements: [],
  policyRevision: '',
  reservedConcurrency: undefined,
  eventInvoke: undefined,
};

/**
 * Saves a function, and what it is now as its next version; `description`: the version's, where it has another.
 * Where nothing changed since the last version, that is answered, and no other is made.
 * https://docs.aws.amazon.com/lambda/latest/api/API_PublishVersion.html
 */
export async function publish(
  engine: Engine,
  record: FunctionRecord,
  description?: string,
): Promise<{ version: FunctionRecord; isNew: boolean }> {
  const last = lastVersion(engine, record);
  const isUnchanged =
    last !== undefined &&
    record.published?.description === record.description &&
    isDeepStrictEqual({ ...last, ...apart }, { ...record, ...apart });
  if (isUnchanged) {
    await save(engine, record);
    return { version: last, isNew: false };
  }
  const { tags: _, reservedConcurrency: _reserved, eventInvoke: _events, published: _published, ...shared } = record;
  const number = String(Number(record.published?.version ?? 0) + 1);
  const version: FunctionRecord = {
    ...shared,
    version: number,
    arn: qualifiedArn(record.arn, number),
    description: description ?? record.description,
    revision: randomUUID(),
    settledRevision: randomUUID(),
    // A version that is published with a change is pending while its function is being changed.
    activeAtMs: record.updatedAtMs,
    tags: {},
    statements: [],
    policyRevision: randomUUID(),
  };
  await Promise.all([
    save(engine, version),
    save(engine, {
      ...record,
      settledRevision: randomUUID(),
      published: { version: number, description: record.description },
    }),
  ]);
  return { version, isNew: true };
}

function lastVersion(engine: Engine, { region, name, published }: FunctionRecord): FunctionRecord | undefined {
  const found = published && findQualified(engine, region, name, published.version);
  return found && !isAlias(found) ? found : undefined;
}

async function publishVersion(input: PublishVersionCommandInput, { engine, region }: Call) {
  refuseUnserved({ 'publishing versions elsewhere (PublishTo)': input.PublishTo });
  const record = requireIdle(engine, region, input);
  if (input.CodeSha256 !== undefined && input.CodeSha256 !== record.codeSha256) {
    throw new AwsError(
      'InvalidParameterValueException',
      `CodeSHA256 (${input.CodeSha256}) is different from current CodeSHA256 in $LATEST (${record.codeSha256}). Please try again with the CodeSHA256 in $LATEST.`,
    );
  }
  const { version } = await publish(engine, record, input.Description);
  return describeFunction(engine, version);
}

/** Sorts the function itself before its versions, and these by their numbers. */
export const orderOf = ({ version }: FunctionRecord) => (version === undefined ? latest : textOrderOf(Number(version)));

function listVersionsByFunction(input: ListVersionsByFunctionCommandInput, { engine, region }: Call) {
  const record = requireFunction(engine, region, input.FunctionName);
  const { items, next } = page([record, ...versionsOf(engine, record)], orderOf, input);
  return {
    Versions: items.map((each) => listedFunction(engine, each, { qualified: true })),
    ...(next !== undefined && { NextMarker: next }),
  };
}

export const versionOperations = {
  ListVersionsByFunction: listVersionsByFunction,
  PublishVersion: publishVersion,
} satisfies Operations<Lambda>;
