import { DynopsError } from '../errors.ts';
import type { ResourceType } from '../resource-types.ts';
import type { Finding } from './compare.ts';
import type { Run } from './run.ts';
import { tutorialService } from './service.ts';

interface Allowed {
  adopt: boolean;
  replace: readonly ResourceType[];
  /** A step has no option that keeps what holds data. */
  stepwise?: boolean;
  /** Something was changed already. */
  touched?: boolean;
}

/** Throws before anything is touched: names that are not ours, and changes that would lose data unasked. */
export function refuse(findings: readonly Finding[], allowed: Allowed): void {
  refuseForeign(findings, allowed);
  for (const finding of findings) {
    if (finding.action === 'deleted') refuseProtected(finding, allowed);
    else if (!finding.changes.some(({ replaces }) => replaces)) continue;
    else if (allowed.replace.includes(finding.node.type)) refuseProtected(finding, allowed);
    else throw needsReplace(finding, allowed);
  }
}

/**
 * Where nothing describes a service, the tutorial's stack is meant; in place of an existing service it would be created by
 * mistake, in another folder than the service's, or without its file. Throws `OtherService`.
 */
export function refuseOtherService({ options, known, former }: Run, findings: readonly Finding[]): void {
  if (known.service !== tutorialService) return;
  const goes = findings.filter(
    ({ node, action, actual }) =>
      node.type === 'function' &&
      action === 'deleted' &&
      former.includes(node) &&
      options.goal(node, actual) === 'present',
  );
  if (goes.length === 0) return;
  throw new DynopsError({
    code: 'OtherService',
    message: `Stack "${known.stack}" is a service, with ${goes.map(({ name }) => name).join(', ')}, and there is no dynops.json here that describes it. Nothing was changed.`,
  });
}

const untouched = ({ touched }: Allowed) => (touched ? '' : ' Nothing was changed.');

function refuseForeign(findings: readonly Finding[], allowed: Allowed): void {
  const foreign = findings.filter(({ actual, ours }) => actual && !ours);
  if (foreign.length === 0 || allowed.adopt) return;
  const list = foreign.map(({ node, actual }) => `${node.type} ${actual?.id}`).join(', ');
  throw new DynopsError({
    code: 'ForeignResource',
    message: `These names are taken by resources that are not known to belong to this stack: ${list}.${untouched(allowed)}`,
  });
}

function needsReplace({ node, name, changes }: Finding, allowed: Allowed): DynopsError {
  const fixed = changes.filter(({ replaces }) => replaces);
  const list = fixed.map(({ property, from, to }) => `${property} is ${show(from)}, not ${show(to)}`).join('; ');
  return new DynopsError({
    code: 'NeedsReplace',
    message: `The ${node.type} ${name} cannot be changed in place: ${list}.${untouched(allowed)}`,
    facts: { resourceType: node.type },
  });
}

/** Its owner has protected it from being deleted. */
function refuseProtected({ node, name, actual, action }: Finding, allowed: Allowed): void {
  if (actual?.protection === undefined) return;
  throw new DynopsError({
    code: 'Protected',
    message: `The ${node.type} ${name} is protected from being deleted. Nothing was deleted.`,
    facts: { endsProtection: actual.protection, canBeKept: action === 'deleted' && !allowed.stepwise },
  });
}

const show = (value: unknown) => (typeof value === 'string' ? value : JSON.stringify(value));
