import { usageError } from './errors.ts';

/** All of a stream. Throws `tooLong()` as soon as it is longer; what comes then is not read. */
export async function boundedBytes(
  stream: AsyncIterable<Uint8Array | string>,
  { mostBytes, tooLong }: { mostBytes: number; tooLong: () => Error },
): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  let bytes = 0;
  for await (const part of stream) {
    const read = typeof part === 'string' ? Buffer.from(part) : part;
    bytes += read.length;
    if (bytes > mostBytes) throw tooLong();
    parts.push(read);
  }
  return Buffer.concat(parts);
}

/** Far more than any request, scenario or settings file; Node's texts end at 512 MB, and are held as a whole. */
const mostTextBytes = 100 * 1024 * 1024;

/** All of a stream as UTF-8 text, without the byte order mark that some editors begin one with. Throws a usage error where it is too long. */
export async function boundedText(stream: AsyncIterable<Uint8Array | string>, name: string): Promise<string> {
  const tooLong = () => usageError(`${name} is longer than 100 MB, and is not read.`, 'Give a part of it.');
  return new TextDecoder().decode(await boundedBytes(stream, { mostBytes: mostTextBytes, tooLong }));
}
