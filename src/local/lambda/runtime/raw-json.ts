import { randomUUID } from 'node:crypto';

interface RawJson {
  rawJSON?: (text: string) => object;
  stringify: (value: unknown, replacer?: never, space?: string | number) => string | undefined;
}

/**
 * Gives a function's process the `JSON.rawJSON` that Lambda's runtimes have (Node 22 and later), before its code is loaded.
 * Node 20 has none; behind `--harmony-json-parse-with-source` it has one whose `JSON.stringify` writes garbage as soon as
 * the document holds a character beyond Latin-1 (seen on 20.20.2, right on 22.23 and 24.21), so that flag must not be used.
 */
export function installRawJson(): void {
  const json: RawJson = JSON;
  if (json.rawJSON && json.stringify(['\u0100', json.rawJSON('1')]) === '["\u0100",1]') return;

  // No document can hold it by chance or on purpose.
  const mark = randomUUID();
  const marked = new RegExp(`"${mark}((?:[^"\\\\]|\\\\.)*)"`, 'g');
  const stringify = json.stringify.bind(json);
  json.rawJSON = (text) => {
    JSON.parse(text);
    return Object.freeze({ rawJSON: text, toJSON: () => mark + text });
  };
  json.stringify = (...input) => {
    const text = stringify(...input);
    return text?.includes(mark) ? text.replace(marked, (_all, raw: string) => JSON.parse(`"${raw}"`)) : text;
  };
}
