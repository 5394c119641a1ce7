import { createHash, randomUUID } from 'node:crypto';
import { mkdir, readFile, realpath, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join, normalize, sep } from 'node:path';
import { promisify } from 'node:util';
import { type Unzipped, unzip } from 'fflate';
import { replaceFile } from '../../replace-file.ts';
import { AwsError } from '../aws-error.ts';
import { executablesIn } from './zip-modes.ts';

/** Uploaded zips, kept by their hash: unpacked once, and never changed. */

const maxZipBytes = 50 * 1024 * 1024;
const maxUnzippedBytes = 262_144_000;

export interface StoredCode {
  sha256: string;
  bytes: number;
}

export const folderName = (sha256: string) => Buffer.from(sha256, 'base64').toString('hex');
export const codeFolder = (dataDir: string) => join(dataDir, 'code');
/** Beside `task`, out of the function's reach. */
const zipName = 'code.zip';

/** As Lambda tells it: SHA-256 in base64. */
export const hashOf = (zip: Uint8Array) => createHash('sha256').update(zip).digest('base64');

/** Keeps a zip. Throws AwsError InvalidParameterValueException, RequestEntityTooLargeException. */
export async function storeCode(dataDir: string, zip: Uint8Array, sha256 = hashOf(zip)): Promise<StoredCode> {
  if (zip.length > maxZipBytes) {
    // Recorded: localstack `lambda/test_lambda_api` test_oversized_zipped_create_lambda.
    throw new AwsError('RequestEntityTooLargeException', `Zipped size must be smaller than ${maxZipBytes} bytes`, {
      statusCode: 413,
    });
  }
  const folder = join(codeFolder(dataDir), folderName(sha256));
  if (await exists(folder)) {
    // Earlier versions of dynops kept only what they unpacked.
    if (!(await exists(join(folder, zipName)))) await replaceFile(join(folder, zipName), zip, 0o600);
    return { sha256, bytes: zip.length };
  }
  const unpacked = await unpack(zip);
  const unfinished = `${folder}.${randomUUID()}`;
  try {
    await writeFiles(join(unfinished, 'task'), unpacked);
    await writeFile(join(unfinished, zipName), zip, { mode: 0o600 });
    await writeFile(packageAbove(join(unfinished, 'task')), '{}', { mode: 0o600 });
    await rename(unfinished, folder);
  } catch (error) {
    await rm(unfinished, { recursive: true, force: true });
    // The same zip, uploaded at the same moment, may be there already.
    if (!(await exists(folder))) throw error;
  }
  return { sha256, bytes: zip.length };
}

/** What a file system says to names that are too long, or to a file and a folder of one name. */
const unusableNames = new Set(['ENAMETOOLONG', 'ENOTDIR', 'EISDIR', 'EEXIST']);

async function writeFiles(folder: string, { files, executables }: Unpacked): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  try {
    for (const [name, content] of Object.entries(files)) {
      const path = safePath(folder, name);
      if (name.endsWith('/')) await mkdir(path, { recursive: true });
      else {
        await mkdir(dirname(path), { recursive: true });
        // Of their bits no more than that they can be run: nobody else gets in, and nothing runs as another user.
        await writeFile(path, content, { mode: executables.has(name) ? 0o700 : 0o600 });
      }
    }
  } catch (error) {
    if (error instanceof Error && 'code' in error && unusableNames.has(String(error.code))) throw notUnzipped();
    throw error;
  }
}

function notUnzipped(): AwsError {
  return new AwsError(
    'InvalidParameterValueException',
    'Could not unzip uploaded file. Please check your file, then try to upload again.',
  );
}

interface Unpacked {
  files: Unzipped;
  /** Names of those that the function may run, as its Python can. */
  executables: Set<string>;
}

async function unpack(zip: Uint8Array): Promise<Unpacked> {
  let total = 0;
  let tooLarge = false;
  const executables = new Set<string>();
  const areExecutable = executablesIn(zip);
  // Asked of each entry, in the directory's order.
  const filter = ({ name, originalSize }: { name: string; originalSize: number }) => {
    if (areExecutable.next().value) executables.add(name);
    total += originalSize;
    tooLarge ||= total > maxUnzippedBytes;
    return !tooLarge;
  };
  const files = await promisify<Uint8Array, { filter: typeof filter }, Unzipped>(unzip)(zip, { filter }).catch(() => {
    throw notUnzipped();
  });
  if (tooLarge) {
    throw new AwsError(
      'InvalidParameterValueException',
      `Unzipped size must be smaller than ${maxUnzippedBytes} bytes`,
    );
  }
  return { files, executables };
}

/** An entry's place below the folder; one that would leave it is refused. */
function safePath(folder: string, name: string): string {
  const path = normalize(join(folder, name));
  if (path.startsWith(folder + sep) && !name.includes('\0')) return path;
  throw new AwsError('InvalidParameterValueException', 'The uploaded file has an entry that points outside of it.');
}

/** The zip as it was uploaded; undefined: not kept. */
export async function readZip(dataDir: string, sha256: string): Promise<Buffer | undefined> {
  const file = join(codeFolder(dataDir), folderName(sha256), zipName);
  return (await exists(file)) ? readFile(file) : undefined;
}

/** The unpacked code's folder, by its real path. */
export function taskFolder(dataDir: string, sha256: string): Promise<string> {
  return realpath(join(codeFolder(dataDir), folderName(sha256), 'task'));
}

/**
 * Node looks for the package.json that says how code is to be loaded, upwards from that code. In this one, which says
 * nothing, the search ends where AWS's ends: no file further up is read, nor is there any that the function may read.
 */
export const packageAbove = (taskRoot: string) => join(dirname(taskRoot), 'package.json');

/** Where `import` looks for packages that the code does not hold. */
export const packagesAbove = (taskRoot: string) => join(dirname(taskRoot), 'node_modules');

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
