import type { DynopsError } from '../errors.ts';
import { printable, printableJson } from './printable.ts';
import type { Ui } from './ui.ts';

/** JSON text that is printed as it is: numbers beyond a double's precision survive. */
export class JsonText {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

/** The one document of `--json`, with its final newline. */
export function resultText(document: unknown): string {
  return `${printableJson(document instanceof JsonText ? document.text : JSON.stringify(document, null, 2))}\n`;
}

/** `{"ok": false, "error": {…}}`, with the members of a failing command's own document after it. */
export function errorDocument(error: DynopsError, detail: unknown, hint = error.hint): Record<string, unknown> {
  const { code, message, requestId, resources } = error;
  const members = detail !== null && typeof detail === 'object' ? detail : {};
  const failed = {
    ok: false,
    error: { code, message, hint: hint ?? null, ...(requestId !== undefined && { requestId }) },
    ...(resources !== undefined && { resources }),
  };
  return Object.assign(failed, members, { ok: false });
}

/** For stderr: the technical name first, then what failed and why, and last what to do. */
export function errorText(error: DynopsError, options: { ui: Ui; debug: boolean; hint?: string | undefined }): string {
  const { ui, debug } = options;
  const [code, message, hint] = [error.code, error.message, options.hint ?? error.hint ?? ''].map((part) =>
    printable(part),
  );
  const name = error.requestId === undefined ? code : `${code}, request id ${printable(error.requestId)}`;
  const lines = [ui.style('dim', name ?? ''), `${ui.style('red', 'error:')} ${message}`];
  if (debug) lines.unshift(ui.style('dim', printable(stackOf(error))));
  if (hint) lines.push(ui.style('bold', hint));
  return lines.join('\n');
}

function stackOf(error: Error): string {
  const own = error.stack ?? String(error);
  return error.cause instanceof Error ? `${own}\ncaused by ${stackOf(error.cause)}` : own;
}
