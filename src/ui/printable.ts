/** Text from elsewhere (a function's output, an API's answer), without what a terminal takes as orders. */
export function printable(text: string): string {
  // Every control character but tab and line break.
  return text.replace(/[^\P{Cc}\t\n]/gu, '\ufffd');
}
