import { applyEdits, modify } from 'jsonc-parser';
import { readText, writeNamedFile } from '../home/folders.ts';
import { isTrusted, trust } from '../home/trust.ts';
import { folderConfigFile } from '../settings/file.ts';
import type { Context } from './command.ts';

/** Writes members of one of the service's functions into the working folder's `dynops.json`; all else in it stays as it is. */
export async function writeFunctionMembers(
  context: Context,
  name: string,
  members: Record<string, string | number>,
): Promise<void> {
  const file = folderConfigFile(context.cwd);
  const before = await readText(file);
  const wasTrusted = await isTrusted(context.trustHome, { file, content: before });
  const [, indent = '  '] = /^\{\r?\n([ \t]+)/.exec(before) ?? [];
  const formattingOptions = { insertSpaces: !indent.startsWith('\t'), tabSize: indent.length, eol: '\n' };
  const content = Object.entries(members).reduce(
    (text, [member, value]) =>
      applyEdits(text, modify(text, ['functions', name, member], value, { formattingOptions })),
    before,
  );
  if (content === before) return;
  await writeNamedFile(file, content);
  // Trust is of a file's content; this change is the person's own.
  if (wasTrusted) await trust(context.trustHome, { file, content });
  const said = Object.entries(members).map(([member, value]) => `${member} ${value}`);
  context.ui.note(`${file}: ${name} has ${said.join(', ')}.`);
}
