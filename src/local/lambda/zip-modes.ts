/** A zip's directory, as far as its reader leaves it out. Source: PKWARE's APPNOTE.TXT, 4.3.12, 4.3.14 to 4.3.16 and 4.4.2. */

const endMark = 0x06054b50;
const end64LocatorMark = 0x07064b50;
const end64Mark = 0x06064b50;
const endBytes = 22;
const unix = 3;

/**
 * Of each entry, in the order of the directory, whether a Unix system that wrote it lets anybody run it. Where the directory
 * is not to be understood the answers end.
 */
export function* executablesIn(zip: Uint8Array): Generator<boolean> {
  const view = new DataView(zip.buffer, zip.byteOffset, zip.byteLength);
  const fits = (at: number, bytes: number) => at >= 0 && at + bytes <= zip.length;
  for (let at = directoryOf(view); fits(at, 46); ) {
    const isUnix = view.getUint8(at + 5) === unix;
    const mode = isUnix ? view.getUint16(at + 40, true) : 0;
    // Links, devices and the like are written as files that hold what they are; some writers tell no kind.
    const isFile = [0, 0o100000].includes(mode & 0o170000);
    yield isFile && (mode & 0o111) !== 0;
    at += 46 + [28, 30, 32].reduce((sum, length) => sum + view.getUint16(at + length, true), 0);
  }
}

function directoryOf(view: DataView): number {
  let end = view.byteLength - endBytes;
  while (end >= 0 && view.getUint32(end, true) !== endMark) end -= 1;
  if (end < 0) return end;
  const has64 = end >= 20 && view.getUint32(end - 20, true) === end64LocatorMark;
  const end64 = has64 ? view.getUint32(end - 12, true) : view.byteLength;
  const isOf64 = end64 + 56 <= view.byteLength && view.getUint32(end64, true) === end64Mark;
  return isOf64 ? view.getUint32(end64 + 48, true) : view.getUint32(end + 16, true);
}
