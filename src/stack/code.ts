import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { DynopsError } from '../errors.ts';

export interface FunctionCode {
  zip: Uint8Array;
  /** Base64, as Lambda's `CodeSha256`: equal hashes mean that nothing needs uploading. */
  sha256: string;
}

/** Beside the chunk in `dist` that asks, or in `dist` as seen from the source. */
const places = ['handler.zip', '../../dist/handler.zip'];

/**
 * The Lambda function's zip, which the build made of `src/handler`; its handler is `index.handler`.
 * Throws DynopsError `BrokenInstallation` when it is missing.
 */
export async function readFunctionCode(): Promise<FunctionCode> {
  for (const place of places) {
    const zip = await readFile(new URL(place, import.meta.url)).catch(absent);
    if (zip) return { zip, sha256: createHash('sha256').update(zip).digest('base64') };
  }
  throw new DynopsError({
    code: 'BrokenInstallation',
    message: "The function's code, dist/handler.zip, is missing from the installed package.",
  });
}

function absent(error: NodeJS.ErrnoException): undefined {
  if (error.code !== 'ENOENT') throw error;
}
