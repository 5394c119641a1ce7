import { AwsError, type Call } from '../service.ts';
import { type TableRecord, tableStatus } from './table-record.ts';

const arnPattern = /^arn:aws[a-z-]*:dynamodb:([a-z0-9-]+):(\d{12}):table\/([a-zA-Z0-9_.-]+)$/;

export function tableKey(region: string, name: string): string {
  return `${region}/${name}`;
}

export function tableArn(call: Call, name: string): string {
  return `arn:aws:dynamodb:${call.region}:${call.engine.accountId}:table/${name}`;
}

/**
 * The name in `name`, which may be the ARN of a table of this account and region; anything else is given back as it is.
 * Throws AwsError AccessDeniedException for the ARN of another account's table (developer guide, "cross-account access").
 */
export function nameOf(call: Call, name: string): string {
  const [, region, account, table] = arnPattern.exec(name) ?? [];
  if (account !== undefined && account !== call.engine.accountId) throw foreign(call, name);
  return region === call.region && table !== undefined ? table : name;
}

/** Of what is another account's, or region's, nobody learns whether it is there. */
export function foreign({ principal }: Call, arn: string): AwsError {
  const user = principal.kind === 'anonymous' ? 'anonymous' : principal.arn;
  const message = `User: ${user} is not authorized to perform an action of dynamodb on resource: ${arn}`;
  return new AwsError('AccessDeniedException', message, { statusCode: 400 });
}

/** The table, unless there is none or its deletion has ended. */
export function findTable(call: Call, name: string): TableRecord | undefined {
  const { items, simulation } = call.engine;
  const key = tableKey(call.region, name);
  const record = items.tables.get(key);
  if (!record || tableStatus(record, simulation) !== undefined) return record;
  items
    .dropTable(key)
    .catch((error: unknown) => call.engine.log(`a deleted table stays until the next start: ${error}`));
  return undefined;
}

/** Like findTable, as operations on tables see it. Throws ResourceNotFoundException. */
export function requireTable(call: Call, name: string): TableRecord {
  const record = findTable(call, name);
  if (record) return record;
  throw new AwsError('ResourceNotFoundException', `Requested resource not found: Table: ${name} not found`);
}

/** For operations that change a table: it must be settled. Throws ResourceNotFoundException, ResourceInUseException. */
export function requireActiveTable(call: Call, name: string): TableRecord {
  const record = requireTable(call, name);
  const status = tableStatus(record, call.engine.simulation);
  if (status === 'ACTIVE') return record;
  throw new AwsError(
    'ResourceInUseException',
    `Attempt to change a resource which is still in use: Table is being ${status === undefined ? 'deleted' : changing[status]}: ${name}`,
  );
}

const changing = { CREATING: 'created', UPDATING: 'updated', DELETING: 'deleted' } as const;

export async function saveTable(call: Call, record: TableRecord): Promise<void> {
  await call.engine.items.putTable(tableKey(record.region, record.name), record);
}
