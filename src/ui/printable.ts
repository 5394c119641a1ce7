// What `style` writes: bold, dim, four colours, and their ends.
const ownStyle = String.raw`\u001b\[(?:1|2|22|31|32|33|36|39)m`;
// Every control character but tab and line break.
const control = String.raw`[^\P{Cc}\t\n]`;

const controls = new RegExp(control, 'gu');
const stylesAndControls = new RegExp(`${ownStyle}|${control}`, 'gu');

/**
 * Text on its way to a person, without what a terminal takes as orders: names, messages and items may be anybody's.
 * `styled`: colours stay, where the stream takes them.
 */
export function printable(text: string, { styled = false } = {}): string {
  return text.replace(styled ? stylesAndControls : controls, (found) => (found.length > 1 ? found : '\ufffd'));
}

/** JSON with the control characters that it may hold as they are, DEL and C1, written as escapes: the same document. */
export function printableJson(text: string): string {
  return text.replace(/[\u007f-\u009f]/g, (found) => `\\u${found.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
