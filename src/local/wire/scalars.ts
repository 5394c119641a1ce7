import type { NormalizedSchema } from '@smithy/core/schema';
import { AwsError } from '../service.ts';
import { readNumber } from './numbers.ts';

export type TimestampFormat = 'date-time' | 'http-date' | 'epoch-seconds';

/** The format a timestamp's schema asks for, or the protocol's default. Schema numbers: 5 date-time, 6 http-date, 7 epoch. */
export function timestampFormat(schema: NormalizedSchema, fallback: TimestampFormat): TimestampFormat {
  switch (schema.getSchema()) {
    case 5:
      return 'date-time';
    case 6:
      return 'http-date';
    case 7:
      return 'epoch-seconds';
    default:
      return fallback;
  }
}

export function formatTimestamp(date: Date, format: TimestampFormat): string | number {
  if (format === 'epoch-seconds') return date.getTime() / 1000;
  return format === 'http-date' ? date.toUTCString() : date.toISOString();
}

/** Any of the three formats → Date; undefined for what is none of them. */
export function parseTimestamp(value: string | number): Date | undefined {
  const seconds = typeof value === 'number' ? value : /^-?\d+(\.\d+)?$/.test(value) ? Number(value) : undefined;
  const date = seconds === undefined ? new Date(value) : new Date(Math.round(seconds * 1000));
  return Number.isNaN(date.getTime()) ? undefined : date;
}

/** The text of a query parameter, header or label → the scalar its schema asks for; `kind`: of its number. */
export function parseScalar(
  schema: NormalizedSchema,
  text: string,
  { name, kind }: { name: string; kind: string },
): unknown {
  if (schema.isBooleanSchema()) {
    if (text === 'true' || text === 'false') return text === 'true';
    throw new AwsError('SerializationException', `${name} must be true or false`);
  }
  if (schema.isNumericSchema() || schema.isBigIntegerSchema() || schema.isBigDecimalSchema()) {
    const number = readNumber(text, kind);
    if (number === undefined || !Number.isFinite(number)) {
      throw new AwsError('SerializationException', `${name} must be a ${kind === 'Double' ? '' : 'whole '}number`);
    }
    return number;
  }
  if (schema.isTimestampSchema()) {
    const date = parseTimestamp(text);
    if (!date) throw new AwsError('SerializationException', `${name} must be a timestamp`);
    return date;
  }
  if (schema.isBlobSchema()) return new Uint8Array(Buffer.from(text, 'base64'));
  return text;
}
