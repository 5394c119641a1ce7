import type { FunctionConfiguration, LastUpdateStatusReasonCode } from '@aws-sdk/client-lambda';
import type { Engine } from '../engine.ts';
import { unlisted } from '../operations.ts';
import { type FunctionRecord, latest, usualLevels, versionOf } from './functions.ts';
import { qualifiedArn } from './names.ts';

export type FunctionState = 'pending' | 'updating' | 'settled';

export function stateOf({ simulation }: Engine, record: FunctionRecord): FunctionState {
  if (simulation.lasts('lambda.pending', record.activeAtMs)) return 'pending';
  return simulation.lasts('lambda.updating', record.updatedAtMs) ? 'updating' : 'settled';
}

/** The revision that a change may be made of. */
export function revisionOf(record: FunctionRecord, state: FunctionState): string {
  return state === 'settled' ? (record.settledRevision ?? record.revision) : record.revision;
}

/** A record as Lambda describes it, in the state that the clock says unless another is given. */
export function describeFunction(
  engine: Engine,
  record: FunctionRecord,
  state: FunctionState = stateOf(engine, record),
): FunctionConfiguration {
  const pending = state === 'pending';
  const updating = state === 'updating';
  const { hasEnvironment = Object.keys(record.environment).length > 0 } = record;
  return {
    FunctionName: record.name,
    FunctionArn: record.arn,
    Runtime: record.runtime,
    Role: record.roleArn,
    Handler: record.handler,
    CodeSize: record.codeBytes,
    Description: record.description,
    Timeout: record.timeoutSeconds,
    MemorySize: record.memoryMb,
    LastModified: new Date(record.modifiedAtMs).toISOString().replace('Z', '+0000'),
    CodeSha256: record.codeSha256,
    Version: versionOf(record),
    ...(hasEnvironment && { Environment: { Variables: record.environment } }),
    TracingConfig: { Mode: record.tracing },
    RevisionId: revisionOf(record, state),
    State: pending ? 'Pending' : 'Active',
    ...(pending && { StateReason: 'The function is being created.', StateReasonCode: 'Creating' }),
    ...(!pending && { LastUpdateStatus: updating ? 'InProgress' : 'Successful' }),
    ...(updating && {
      LastUpdateStatusReason: 'The function is being created.',
      LastUpdateStatusReasonCode: unlisted<LastUpdateStatusReasonCode>('Creating'),
    }),
    PackageType: 'Zip',
    Architectures: [record.architecture],
    EphemeralStorage: { Size: record.ephemeralStorageMb },
    SnapStart: { ApplyOn: 'None', OptimizationStatus: 'Off' },
    RuntimeVersionConfig: { RuntimeVersionArn: `arn:aws:lambda:${record.region}::runtime:local` },
    LoggingConfig: describeLogging(record.logging),
  };
}

/** As lists have it: without its state, and where versions are listed, with `$LATEST` in the function's own ARN. */
export function listedFunction(
  engine: Engine,
  record: FunctionRecord,
  { qualified }: { qualified: boolean },
): FunctionConfiguration {
  const {
    State: _state,
    StateReason: _reason,
    StateReasonCode: _code,
    LastUpdateStatus: _status,
    LastUpdateStatusReason: _statusReason,
    LastUpdateStatusReasonCode: _statusCode,
    RuntimeVersionConfig: _runtime,
    ...listed
  } = describeFunction(engine, record);
  return qualified && record.version === undefined
    ? { ...listed, FunctionArn: qualifiedArn(record.arn, latest) }
    : listed;
}

function describeLogging({ format, group, levels = usualLevels }: FunctionRecord['logging']) {
  return {
    LogFormat: format,
    ...(format === 'JSON' && { ApplicationLogLevel: levels.application, SystemLogLevel: levels.system }),
    LogGroup: group,
  };
}
