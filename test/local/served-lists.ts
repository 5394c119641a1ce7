import { findCatalog } from '../../src/local/services.ts';

const lineWidth = 120;

function inLines(operations: string[]): string {
  const lines: string[] = [];
  for (const operation of operations.map((name) => `\`${name}\``)) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + operation.length <= lineWidth)
      lines.push(`${lines.pop()} ${operation}`);
    else lines.push(operation);
  }
  return lines.join('\n');
}

/** `docs/engine.md` with the lists of what is served as the engine's own tables have them. */
export async function withServedLists(page: string): Promise<string> {
  const [opening = '', ...sections] = page.split(/^(?=## )/m);
  const written: string[] = [opening];
  for (const section of sections) {
    const name = /^## .*\(`([^`]+)`\)/.exec(section)?.[1];
    const catalog = await findCatalog(undefined, name);
    const served = inLines(Object.keys(catalog?.service.operations ?? {}).sort());
    // The first paragraph that begins with an operation is the list.
    written.push(served === '' ? section : section.replace(/\n\n`.*?(?=\n\n|\n*$)/s, () => `\n\n${served}`));
  }
  return written.join('');
}
