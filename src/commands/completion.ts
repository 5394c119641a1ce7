import type { Context, Result } from '../session/command.ts';
import { bash } from './completion/bash.ts';
import { fish } from './completion/fish.ts';
import { namesNow } from './completion/names.ts';
import { type CommandTree, placesOf } from './completion/places.ts';
import { isNameKind, type NameKind } from './completion/values.ts';
import { zsh } from './completion/zsh.ts';

export interface CompletionOptions {
  shell: 'bash' | 'zsh' | 'fish' | NameKind;
  tree: CommandTree;
}

/** A completion script for a shell, made from the commands themselves, or the names that such a script asks for. */
export async function completion(context: Context, { shell, tree }: CompletionOptions): Promise<Result> {
  if (isNameKind(shell)) {
    const names = await namesNow(context, shell);
    return { json: { ok: true, [shell]: names }, text: names.map((name) => `${name}\n`).join('') };
  }
  const text = { bash, zsh, fish }[shell](placesOf(tree));
  return { json: { ok: true, shell, script: text }, text };
}
