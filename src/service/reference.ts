import { serviceMembers } from './members.ts';
import type { Member, Shape } from './shape.ts';

/** The members of a service, table by table, as docs/service.md holds them. */
export function referenceText(): string {
  const sections: string[] = [];
  const add = (title: string, members: Record<string, Member>) => {
    const rows = Object.entries(members).map(
      ([name, { shape, help, required, fallback }]) =>
        `| \`${name}\` | ${kindOf(shape)} | ${required ? 'required' : (fallback ?? '')} | ${help} |`,
    );
    sections.push(`### ${title}\n\n| member | is | default | means |\n| --- | --- | --- | --- |\n${rows.join('\n')}\n`);
    for (const [name, { shape }] of Object.entries(members)) {
      const inner = objectIn(shape);
      if (inner) add(title === 'The file' ? `${name}: each` : `${title}, ${name}: each`, inner);
    }
  };
  add('The file', serviceMembers);
  return sections.join('\n');
}

function objectIn(shape: Shape): Record<string, Member> | undefined {
  if (shape.kind === 'object') return shape.members;
  if (shape.kind === 'map') return objectIn(shape.value);
  return shape.kind === 'either' ? shape.long.members : undefined;
}

function kindOf(shape: Shape): string {
  switch (shape.kind) {
    case 'text':
      return 'text';
    case 'number':
      return `${shape.least} to ${shape.most}`;
    case 'choice':
      return shape.of.map((word) => `\`${word}\``).join(' or ');
    case 'list':
      return 'list';
    case 'map':
      return `by ${shape.called}`;
    case 'object':
      return 'object';
    case 'any':
      return 'JSON';
    case 'either':
      return `${kindOf(shape.short)}, or an object`;
  }
}
