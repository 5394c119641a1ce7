import { format } from 'node:util';
import type { FromFunction } from './messages.ts';
import { maxLineLength } from './output-lines.ts';

/** Sends what the function says by its console to the engine, with its level, as Lambda's runtime does. */
export function installConsole(send: (message: FromFunction) => void): void {
  for (const [method, level] of [
    ['log', 'INFO'],
    ['info', 'INFO'],
    ['warn', 'WARN'],
    ['error', 'ERROR'],
    ['debug', 'DEBUG'],
    ['trace', 'TRACE'],
  ] as const) {
    console[method] = (...args: unknown[]) => {
      const text = format(...args);
      // An empty text is a line too.
      for (let at = 0; at === 0 || at < text.length; at += maxLineLength) {
        send({ kind: 'log', level, text: text.slice(at, at + maxLineLength) });
      }
    };
  }
}
