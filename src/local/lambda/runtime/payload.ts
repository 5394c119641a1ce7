import { isUtf8 } from 'node:buffer';
import { AwsError } from '../../aws-error.ts';
import { findJsonFault } from './json-fault.ts';

/** Bytes. Sources: Lambda API reference, Invoke (as of 2026-11): 6 MB, and 1 MB of an event. */
const limits = { RequestResponse: 6_291_456, Event: 1_048_576 };

/** The payload, which Lambda parses before it runs anything. Throws AwsError. */
export function readPayload(bytes: Uint8Array, type: keyof typeof limits): Buffer {
  const limit = limits[type];
  if (bytes.length > limit) {
    // Words and code as in ASFHyP3/hyp3#2241 (2024), the limit of an event as of 2026.
    throw new AwsError(
      'RequestEntityTooLargeException',
      type === 'Event'
        ? `${bytes.length} byte payload is too large for the Event invocation type (limit ${limit} bytes)`
        : `Request must be smaller than ${limit} bytes for the InvokeFunction operation`,
      { statusCode: 413 },
    );
  }
  const whole = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  // A byte order mark the function's own JSON.parse would not take.
  const payload = whole.subarray(0, 3).equals(byteOrderMark) ? whole.subarray(3) : whole;
  const text = payload.toString('utf8');
  if (text.trim() === '') return Buffer.from('{}');
  const error = parseError(text);
  if (error === undefined && isUtf8(payload)) return payload;
  const fault = findJsonFault(payload) ?? error;
  if (fault === undefined) return payload;
  throw new AwsError(
    'InvalidRequestContentException',
    `Could not parse request body into json: Could not parse payload into json: ${fault}`,
  );
}

/** Of base64. Source: Lambda API reference, Invoke. */
const maxContextLength = 3_583;

/** The client context as JSON, which Lambda reads before it runs anything, too. Throws AwsError. */
export function readClientContext(base64: string | undefined): string | undefined {
  if (!base64) return undefined;
  const text = Buffer.from(base64, 'base64').toString();
  const isObject = text.trimStart().startsWith('{') && parseError(text) === undefined;
  if (isObject && base64.length <= maxContextLength) return text;
  // In the words of boto/boto3#2153; those for one that is too long are unconfirmed.
  throw new AwsError('InvalidRequestContentException', 'Client context must be a valid Base64-encoded JSON object.');
}

const byteOrderMark = Buffer.from([0xef, 0xbb, 0xbf]);

function parseError(text: string): string | undefined {
  try {
    JSON.parse(text);
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
