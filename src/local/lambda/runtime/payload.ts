import { AwsError } from '../../aws-error.ts';

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
  const payload = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const sent = payload.toString('utf8');
  const text = sent.trim();
  if (text === '') return Buffer.from('{}');
  try {
    JSON.parse(text);
    // What trim takes off, a byte order mark too, the function's own JSON.parse would not.
    return text.length === sent.length ? payload : Buffer.from(text);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new AwsError(
      'InvalidRequestContentException',
      `Could not parse request body into json: Could not parse payload into json: ${reason}`,
    );
  }
}
