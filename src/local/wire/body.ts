import { AwsError } from '../service.ts';

/** Jackson's bound, which no input of an operation comes near: what reads, checks and prints inputs goes down level by level. */
const deepest = 1000;

/** A request's body as JSON. Throws AwsError SerializationException. */
export function parseBody(body: Buffer): unknown {
  if (nestsDeeper(body, deepest)) {
    throw new AwsError('SerializationException', `The request body nests deeper than ${deepest} levels`);
  }
  try {
    return JSON.parse(body.toString());
  } catch {
    throw new AwsError('SerializationException', 'The request body is not valid JSON');
  }
}

const [quote, backslash, openList, closeList, openObject, closeObject] = [0x22, 0x5c, 0x5b, 0x5d, 0x7b, 0x7d];

function nestsDeeper(body: Buffer, bound: number): boolean {
  // Most bodies have no room for as many levels.
  if (body.length <= bound) return false;
  let level = 0;
  let isText = false;
  for (let at = 0; at < body.length; at += 1) {
    const byte = body[at];
    if (byte === quote) isText = !isText;
    else if (isText) {
      if (byte === backslash) at += 1;
    } else if (byte === openList || byte === openObject) {
      level += 1;
      if (level > bound) return true;
    } else if (byte === closeList || byte === closeObject) level -= 1;
  }
  return false;
}
