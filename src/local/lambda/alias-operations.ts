import { randomUUID } from 'node:crypto';
import type {
  AliasConfiguration,
  AliasRoutingConfiguration,
  CreateAliasCommandInput,
  DeleteAliasCommandInput,
  GetAliasCommandInput,
  Lambda,
  ListAliasesCommandInput,
  UpdateAliasCommandInput,
} from '@aws-sdk/client-lambda';
import type { Operations } from '../operations.ts';
import { AwsError, type Call } from '../service.ts';
import {
  type AliasRecord,
  aliasesOf,
  deleteRecord,
  findQualified,
  isAlias,
  latest,
  leadsTo,
  requireFunction,
  requireVersion,
  save,
} from './functions.ts';
import { checkRevision } from './idle-function.ts';
import { functionArn, notFound, qualifiedArn, readTarget } from './names.ts';
import { page } from './paging.ts';

/** Names for versions, which invocations can be shared out between. Recorded (2025): localstack `lambda_/test_lambda_api` TestLambdaAlias. */

interface AliasName {
  FunctionName: string | undefined;
  Name: string | undefined;
}

function findAlias({ FunctionName, Name = '' }: AliasName, { engine, region }: Call) {
  const { name } = readTarget(engine, region, { FunctionName });
  const found = findQualified(engine, region, name, Name);
  return {
    found: found && isAlias(found) ? found : undefined,
    arn: qualifiedArn(functionArn(engine, region, name), Name),
  };
}

/** Throws AwsError InvalidParameterValueException, ResourceNotFoundException. */
function readRouting(
  { AdditionalVersionWeights = {} }: AliasRoutingConfiguration,
  target: string,
): Pick<AliasRecord, 'second'> {
  const refuse = (message: string) => new AwsError('InvalidParameterValueException', message);
  const [first, ...others] = Object.entries(AdditionalVersionWeights);
  if (!first) return {};
  if (others.length > 0) throw refuse('Number of items in AdditionalVersionWeights cannot be greater than 1');
  const [version, weight] = first;
  if (version === target) {
    throw refuse(
      `Invalid function version ${version}. Function version ${version} is already included in routing configuration.`,
    );
  }
  if (target === latest) throw refuse('$LATEST is not supported for an alias pointing to more than 1 version');
  return { second: { version, weight } };
}

function checkTargets({ functionName, target, second }: AliasRecord, { engine, region }: Call): void {
  for (const version of [target, ...(second ? [second.version] : [])]) {
    requireVersion(engine, region, { FunctionName: functionName, Qualifier: version });
  }
}

async function createAlias(input: CreateAliasCommandInput, call: Call) {
  const { engine, region } = call;
  const { FunctionVersion: target = '', RoutingConfig = {} } = input;
  const { found, arn } = findAlias(input, call);
  const record: AliasRecord = {
    region,
    functionName: requireVersion(engine, region, { FunctionName: input.FunctionName, Qualifier: target }).name,
    alias: input.Name ?? '',
    arn,
    description: input.Description ?? '',
    target,
    ...readRouting(RoutingConfig, target),
    revision: randomUUID(),
    statements: [],
    policyRevision: randomUUID(),
  };
  checkTargets(record, call);
  if (found) throw new AwsError('ResourceConflictException', `Alias already exists: ${arn}`);
  await save(engine, record);
  return describe(record);
}

async function updateAlias(input: UpdateAliasCommandInput, call: Call) {
  const { found, arn } = findAlias(input, call);
  if (!found) throw notFound(`Alias not found: ${arn}`);
  checkRevision(input.RevisionId, found.revision);
  const { second: before, ...kept } = found;
  const target = input.FunctionVersion ?? found.target;
  const routing = input.RoutingConfig ?? routingOf(found) ?? {};
  const record: AliasRecord = {
    ...kept,
    target,
    ...readRouting(routing, target),
    description: input.Description ?? found.description,
    revision: randomUUID(),
  };
  checkTargets(record, call);
  await save(call.engine, record);
  return describe(record);
}

function getAlias(input: GetAliasCommandInput, call: Call) {
  const { found, arn } = findAlias(input, call);
  if (!found) throw notFound(`Cannot find alias arn: ${arn}`);
  return describe(found);
}

async function deleteAlias(input: DeleteAliasCommandInput, call: Call) {
  const { found } = findAlias(input, call);
  // One that there is none of is gone already.
  if (found) await deleteRecord(call.engine, found);
}

function listAliases(input: ListAliasesCommandInput, { engine, region }: Call) {
  const { FunctionVersion: version } = input;
  const all = aliasesOf(engine, requireFunction(engine, region, input.FunctionName));
  const asked = version === undefined ? all : all.filter((alias) => leadsTo(alias, version));
  const { items, next } = page(asked, ({ alias }) => alias, input);
  return { Aliases: items.map(describe), ...(next !== undefined && { NextMarker: next }) };
}

const routingOf = ({ second }: AliasRecord): AliasRoutingConfiguration | undefined =>
  second && { AdditionalVersionWeights: { [second.version]: second.weight } };

function describe(record: AliasRecord): AliasConfiguration {
  const routing = routingOf(record);
  return {
    AliasArn: record.arn,
    Name: record.alias,
    FunctionVersion: record.target,
    Description: record.description,
    ...(routing && { RoutingConfig: routing }),
    RevisionId: record.revision,
  };
}

export const aliasOperations = {
  CreateAlias: createAlias,
  DeleteAlias: deleteAlias,
  GetAlias: getAlias,
  ListAliases: listAliases,
  UpdateAlias: updateAlias,
} satisfies Operations<Lambda>;
