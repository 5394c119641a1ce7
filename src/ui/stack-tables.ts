import type { Change } from '../change.ts';
import { unknownId } from '../stack/node.ts';
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
import type { Style } from './ui.ts';
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

const nameColumns: Column[] = [{ title: 'type' }, { title: 'name', narrow: 'shorten' }];

/** What was done, or with `plan` would be, a resource a line with its changes under it. */
export function reportLines(resources: readonly ResourceReport[], look: Look, { plan = false } = {}): string[] {
  const rows = resources.map(({ action, type, name, changes = [] }) => {
    const [sign, style] = actionMarks[action];
    const cells = [sign, plan ? planned[action] : action, type, name];
    return { cells, style, below: changes.flatMap((change) => changeLines(change, look)) };
  });
  return tableLines([{ title: '' }, { title: 'action' }, ...nameColumns], rows, look);
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
  const ids: Column = { title: 'id', narrow: 'leave-out' };
  return tableLines([{ title: '' }, { title: 'state' }, ...nameColumns, ids], rows, look);
}

/** What status does not look at, a type a line. */
export function notComparedLines(notCompared: StackStatus['notCompared'], { style, width }: Look): string[] {
  const rows = Object.entries(notCompared).flatMap(([type, what]) =>
    what.length > 0 ? [[`  ${type}`, what.join(', ')]] : [],
  );
  return ['Not compared:', ...columns(rows, width)].map((line) => style('dim', line));
}

/** One line, or where that is too long one for each value. */
function changeLines(change: Change, { width }: Look): string[] {
  const { property, before, after } = inWords(change);
  const remark = change.replaces ? ' (only by --replace)' : '';
  const line = `    ${property}: ${before} → ${after}${remark}`;
  if (line.length <= width) return [line];
  return [`    ${property}:${remark}`, `      ${before}`, `    → ${after}`].map((each) => shortened(each, width));
}

function inWords({ property, from, to }: Change): { property: string; before: string; after: string } {
  if (property === 'service' || property === 'settings') {
    return { property, before: 'part of it', after: 'no longer part of it' };
  }
  // A hash of all that a deployment holds, which tells a person nothing.
  if (property === 'definition') {
    const before = from ? 'as the API was before' : 'not made by dynops';
    return { property: 'deployment', before, after: 'as the API is defined now' };
  }
  return { property: propertyText(property), before: valueText(from), after: valueText(to) };
}

const spellings: Record<string, string> = {
  api: 'API',
  arn: 'ARN',
  mb: '(MB)',
  oauth: 'OAuth',
  sha256: '(SHA-256)',
  url: 'URL',
  urls: 'URLs',
};

/** `callbackUrls`, as --json has it, in words: `callback URLs`. */
function propertyText(property: string): string {
  const words = property.split(/(?<=[a-z])(?=[A-Z])/).map((word) => word.toLowerCase());
  return words.map((word) => spellings[word] ?? word).join(' ');
}

function valueText(value: unknown): string {
  return value === undefined || value === null ? 'none' : value === unknownId ? 'to be created' : JSON.stringify(value);
}
