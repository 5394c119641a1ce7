import type { Change } from '../change.ts';
import type { ResourceReport, ResourceStatus, StackSummary } from '../stack/types.ts';
import { columns } from './words.ts';

/** A stack's addresses, one a line. */
export function summaryLines(summary: StackSummary, passwordFile: string | undefined): string[] {
  const { apiUrl, userPoolId, clientId, domainUrl, username } = summary;
  const rows = [
    ['API', apiUrl],
    ['user pool', userPoolId],
    ['app client', clientId],
    ['sign-in', domainUrl],
    ['user', username],
    ['password', passwordFile === undefined ? null : `in ${passwordFile}`],
  ];
  return columns(rows.flatMap(([name, value]) => (name && value ? [[name, value]] : [])));
}

/** What was done, or would be, a resource a line with its changes under it. */
export function reportLines(resources: readonly ResourceReport[]): string[] {
  return withChanges(
    resources.map(({ action, type, name, changes }) => ({ words: [action, type, name], changes: changes ?? [] })),
  );
}

/** What stands, a resource a line with its drift under it. */
export function statusLines(resources: readonly ResourceStatus[]): string[] {
  return withChanges(
    resources.map(({ state, type, name, id, drift }) => ({
      words: [state, type, name, id ?? ''],
      changes: drift ?? [],
    })),
  );
}

function withChanges(entries: { words: string[]; changes: readonly Change[] }[]): string[] {
  const lines = columns(entries.map(({ words }) => words));
  return entries.flatMap(({ changes }, index) => [lines[index] ?? '', ...changes.map(changeLine)]);
}

function changeLine({ property, from, to, replaces }: Change): string {
  return `    ${property}: ${shown(from)} → ${shown(to)}${replaces ? ' (only by --replace)' : ''}`;
}

function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? 'nothing';
  return text.length > 100 ? `${text.slice(0, 99)}…` : text;
}
