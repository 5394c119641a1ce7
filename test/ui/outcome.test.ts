import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { DynopsError } from '../../src/errors.ts';
import { errorDocument, errorText, JsonText, resultText } from '../../src/ui/outcome.ts';
import { createUi } from '../../src/ui/ui.ts';

const ui = createUi(
  { json: false, quiet: false, color: true, input: true },
  { stdin: new PassThrough(), stdout: new PassThrough(), stderr: new PassThrough() },
);

describe('the JSON document', () => {
  it('is what the command answered', () => {
    expect(JSON.parse(resultText({ ok: true, list: [1] }))).toEqual({ ok: true, list: [1] });
  });

  it('escapes what a terminal would take as orders, and stays the same document', () => {
    const document = { text: 'a\u009b2Jb\u007fc\u001bd' };
    for (const shown of [resultText(document), resultText(new JsonText(JSON.stringify(document)))]) {
      expect(shown).not.toMatch(/[^\P{Cc}\n]/u);
      expect(JSON.parse(shown)).toEqual(document);
    }
  });

  it('keeps JSON text as it is', () => {
    const text = '{"n":12345678901234567890123456789012345678}';
    expect(resultText(new JsonText(text))).toBe(`${text}\n`);
  });

  it('of an error has its code, message and hint', () => {
    const error = new DynopsError({ foreignCode: 'Some', message: 'It failed.', requestId: 'r-1' });
    expect(errorDocument(error, undefined)).toEqual({
      ok: false,
      error: { code: 'Some', message: 'It failed.', hint: null, requestId: 'r-1' },
    });
  });

  it('of an error has the resources that were touched, and the failing result', () => {
    const error = new DynopsError({ foreignCode: 'Some', message: 'm', hint: 'h', resources: [{ type: 'role' }] });
    expect(errorDocument(error, { ok: true, status: 400 })).toEqual({
      ok: false,
      error: { code: 'Some', message: 'm', hint: 'h' },
      resources: [{ type: 'role' }],
      status: 400,
    });
  });
});

describe("an error's text", () => {
  it('ends with what to do', () => {
    const error = new DynopsError({
      foreignCode: 'NoSuchThing',
      message: 'It is not there.',
      hint: 'Make it.',
      requestId: 'r-1',
    });
    expect(errorText(error, { ui, debug: false }).split('\n')).toEqual([
      'NoSuchThing, request id r-1',
      'error: It is not there.',
      'Make it.',
    ]);
  });

  it('lets nothing through that would drive the terminal', () => {
    const error = new DynopsError({ foreignCode: 'Some', message: 'a\u001b[2Jb\u009bc\nd é', hint: '\r' });
    expect(errorText(error, { ui, debug: false })).toBe('Some\nerror: a\ufffd[2Jb\ufffdc\nd é\n\ufffd');
  });

  it('shows where it happened only with --debug', () => {
    const error = new DynopsError({ foreignCode: 'Some', message: 'm', cause: new Error('the cause') });
    expect(errorText(error, { ui, debug: false })).not.toContain('the cause');
    expect(errorText(error, { ui, debug: true })).toContain('caused by Error: the cause');
  });
});
