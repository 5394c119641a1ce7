import type { Change } from '../change.ts';
import type { Step } from '../stack/step.ts';
import type {
  Action,
  ResourceReport,
  ResourceState,
  ResourceStatus,
  StackStatus,
  StackSummary,
} from '../stack/types.ts';
import { type Column, type Look, tableLines } from './table.ts';
import type { Style, Ui } from './ui.ts';
import { columns, shortened } from './words.ts';

/** A stack's addresses, one a line. */
export function summaryLines(summary: StackSummary, passwordFile: string | undefined): string[] {
  return addressLines(addresses(summary, passwordFile));
}

type Addresses = ReturnType<typeof addresses>;

function addresses(
  { apiUrl, userPoolId, clientId, domainUrl, signInUrl, username }: StackSummary,
  passwordFile?: string,
) {
  return {
    API: apiUrl,
    'user pool': userPoolId,
    'app client': clientId,
    'sign-in': domainUrl,
    'sign-in page': signInUrl,
    user: username,
    password: passwordFile === undefined ? null : `in ${passwordFile}`,
  };
}

const addressLines = (of: Partial<Addresses>) =>
  columns(Object.entries(of).flatMap(([name, value]) => (value ? [[name, value]] : [])));

/** What the tutorial has one copy after a step, or open. */
const copied: Partial<Record<Step, (keyof Addresses)[]>> = {
  api: ['API'],
  stage: ['API'],
  pool: ['user pool'],
  client: ['app client', 'sign-in page'],
  domain: ['sign-in', 'sign-in page'],
  user: ['user', 'password'],
};

/** A step's own addresses, one a line. */
export function stepLines(step: Step, summary: StackSummary, passwordFile?: string): string[] {
  const all = addresses(summary, passwordFile);
  return addressLines(Object.fromEntries((copied[step] ?? []).map((name) => [name, all[name]])));
}

/** As wide as stdout's terminal; `wide`, or where another program reads, nothing is shortened. */
export function lookOf(ui: Ui, { wide = false }: { wide?: boolean | undefined }): Look {
  return { width: wide ? Infinity : ui.width, style: (style, text) => ui.style(style, text, 'stdout') };
}

type Mark = [sign: string, style: Style | undefined];

const actionMarks: Record<Action, Mark> = {
  created: ['+', 'green'],
  updated: ['~', 'yellow'],
  replaced: ['±', 'yellow'],
  adopted: ['<', 'cyan'],
  deleted: ['-', 'red'],
  unchanged: ['=', 'dim'],
  absent: ['·', 'dim'],
  kept: ['=', 'dim'],
};

/** In a plan nothing has happened yet. */
const planned: Record<Action, string> = {
  created: 'create',
  updated: 'update',
  replaced: 'replace',
  adopted: 'adopt',
  deleted: 'delete',
  unchanged: 'unchanged',
  absent: 'absent',
  kept: 'keep',
};

/** By sign as well as by colour, which not everybody sees. */
export const stateMarks: Record<ResourceState, Mark> = {
  present: ['✔', 'green'],
  absent: ['·', 'dim'],
  drifted: ['~', 'yellow'],
  foreign: ['!', 'red'],
};

const nameColumns: Column[] = [{ title: 'TYPE' }, { title: 'NAME', shrinks: 'shorten' }];

/** What was done, or with `plan` would be, a resource a line with its changes under it. */
export function reportLines(resources: readonly ResourceReport[], look: Look, { plan = false } = {}): string[] {
  const rows = resources.map(({ action, type, name, changes = [] }) => {
    const [sign, style] = actionMarks[action];
    const cells = [sign, plan ? planned[action] : action, type, name];
    return { cells, style, below: changes.flatMap((change) => changeLines(change, look)) };
  });
  return tableLines([{ title: '' }, { title: 'ACTION' }, ...nameColumns], rows, look);
}

/** What stands, a resource a line with its drift under it. */
export function statusLines(resources: readonly ResourceStatus[], look: Look): string[] {
  const rows = resources.map(({ state, type, name, id, drift = [] }) => {
    const [sign, style] = stateMarks[state];
    return {
      cells: [sign, state, type, name, id ?? ''],
      style,
      below: drift.flatMap((each) => changeLines(each, look)),
    };
  });
  const ids: Column = { title: 'ID', shrinks: 'leave-out' };
  return tableLines([{ title: '' }, { title: 'STATE' }, ...nameColumns, ids], rows, look);
}

/** What status does not look at, a type a line. */
export function notComparedLines(notCompared: StackStatus['notCompared'], { style }: Look): string[] {
  const rows = Object.entries(notCompared).flatMap(([type, what]) =>
    what.length > 0 ? [[`  ${type}`, what.join(', ')]] : [],
  );
  return ['Not compared:', ...columns(rows)].map((line) => style('dim', line));
}

/** One line, or where that is too long one for each value. */
function changeLines({ property, from, to, replaces }: Change, { width }: Look): string[] {
  const [before, after] = [from, to].map((value) => JSON.stringify(value) ?? 'nothing') as [string, string];
  const remark = replaces ? ' (only by --replace)' : '';
  const line = `    ${property}: ${before} → ${after}${remark}`;
  if (line.length <= width) return [line];
  return [`    ${property}:${remark}`, `      ${before}`, `    → ${after}`].map((each) => shortened(each, width));
}
