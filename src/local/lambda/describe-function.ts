import type { Engine } from '../engine.ts';
import { type FunctionRecord, usualLevels } from './functions.ts';

/** A record as Lambda describes it, with the states that the clock says. */
export function describeFunction(engine: Engine, record: FunctionRecord) {
  const now = engine.clock();
  const pending = now < record.activeAtMs;
  const updating = !pending && now < record.updatedAtMs;
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
    Version: '$LATEST',
    ...(Object.keys(record.environment).length > 0 && { Environment: { Variables: record.environment } }),
    TracingConfig: { Mode: record.tracing },
    RevisionId: record.revision,
    State: pending ? 'Pending' : 'Active',
    ...(pending && { StateReason: 'The function is being created.', StateReasonCode: 'Creating' }),
    ...(!pending && { LastUpdateStatus: updating ? 'InProgress' : 'Successful' }),
    ...(updating && {
      LastUpdateStatusReason: 'The function is being created.',
      LastUpdateStatusReasonCode: 'Creating',
    }),
    PackageType: 'Zip',
    Architectures: [record.architecture],
    EphemeralStorage: { Size: record.ephemeralStorageMb },
    SnapStart: { ApplyOn: 'None', OptimizationStatus: 'Off' },
    RuntimeVersionConfig: { RuntimeVersionArn: `arn:aws:lambda:${record.region}::runtime:local` },
    LoggingConfig: describeLogging(record.logging),
  };
}

function describeLogging({ format, group, levels = usualLevels }: FunctionRecord['logging']) {
  return {
    LogFormat: format,
    ...(format === 'JSON' && { ApplicationLogLevel: levels.application, SystemLogLevel: levels.system }),
    LogGroup: group,
  };
}
