import { AwsError } from '../aws-error.ts';

/** Policy documents: reading them, and the part of IAM's evaluation that identity policies need. */

export interface Statement {
  Sid?: unknown;
  Effect?: unknown;
  Action?: unknown;
  NotAction?: unknown;
  Resource?: unknown;
  NotResource?: unknown;
  Principal?: unknown;
  NotPrincipal?: unknown;
  Condition?: unknown;
}

export interface Policy {
  Statement: Statement[];
}

/** Every signed call of a function asks for the same few documents. */
const known = new Map<string, Policy>();
const maxKnown = 500;

/** As `parsePolicy`, of a document that was accepted before. */
export function knownPolicy(document: string): Policy {
  const found = known.get(document) ?? parsePolicy(document);
  if (known.size >= maxKnown) known.clear();
  known.set(document, found);
  return found;
}

/** Throws AwsError MalformedPolicyDocumentException. */
export function parsePolicy(document: string): Policy {
  let parsed: unknown;
  try {
    parsed = JSON.parse(document);
  } catch {
    throw malformed('This policy contains invalid Json');
  }
  if (typeof parsed !== 'object' || parsed === null || !('Statement' in parsed)) {
    throw malformed('Syntax errors in policy.');
  }
  const statements = asList(parsed.Statement);
  if (!statements.every((statement) => typeof statement === 'object' && statement !== null)) {
    throw malformed('Syntax errors in policy.');
  }
  return { Statement: statements as Statement[] };
}

/**
 * Whether a trust policy lets a service, as `lambda.amazonaws.com`, assume the role. Of its conditions, only the external ID
 * that it asks for is looked at.
 */
export function trusts(
  document: string,
  { service, externalId }: { service: string; externalId?: string | undefined },
): boolean {
  const concerning = parsePolicy(document).Statement.filter(
    ({ Principal, Action }) => namedIn(Principal, 'Service').includes(service) && isAbout(Action, 'sts:AssumeRole'),
  );
  return (
    !concerning.some(({ Effect, Condition }) => Effect === 'Deny' && Condition === undefined) &&
    concerning.some(
      ({ Effect, Condition }) =>
        Effect === 'Allow' &&
        externalIdsOf(Condition).every((ids) => externalId !== undefined && ids.includes(externalId)),
    )
  );
}

/**
 * Whether a resource's own policy lets a caller, by one of the names that it has there, do an action as `sts:AssumeRole`. A condition is
 * met where it asks for an external ID alone, and for this one.
 */
export function admits(
  statements: Statement[],
  { callers, action, externalId }: { callers: string[]; action: string; externalId?: string | undefined },
): boolean {
  const concerning = statements.filter(
    (statement) =>
      namedIn(statement.Principal, 'AWS').some((name) => name === '*' || callers.includes(name)) &&
      isAbout(statement.Action, action),
  );
  const allows = ({ Condition }: Statement) =>
    Condition === undefined ||
    (externalId !== undefined &&
      isOfExternalId(Condition) &&
      externalIdsOf(Condition).every((ids) => ids.includes(externalId)));
  return (
    !concerning.some(({ Effect }) => Effect === 'Deny') &&
    concerning.some((statement) => statement.Effect === 'Allow' && allows(statement))
  );
}

/** Everybody, where a policy says so, are no services. */
export function namedIn(principal: unknown, kind: 'AWS' | 'Service'): string[] {
  if (principal === '*') return kind === 'AWS' ? ['*'] : [];
  const named = typeof principal === 'object' && principal !== null ? (principal as Record<string, unknown>)[kind] : [];
  return asList(named).filter((name) => typeof name === 'string');
}

/** Actions are the same in any case. */
export const isAbout = (patterns: unknown, action: string): boolean =>
  asList(patterns).some((pattern) => matches(String(pattern).toLowerCase(), action.toLowerCase()));

const isOfExternalId = (condition: unknown): boolean =>
  Object.entries(condition as Record<string, object>).every(
    ([operator, keys]) =>
      operator === 'StringEquals' && Object.keys(keys).every((key) => key.toLowerCase() === 'sts:externalid'),
  );

/** The external IDs that a condition takes, one list a test; names of keys are the same in any case. */
function externalIdsOf(condition: unknown): unknown[][] {
  const tests = typeof condition === 'object' && condition !== null ? Object.entries(condition) : [];
  return tests
    .filter(([operator]) => operator === 'StringEquals')
    .flatMap(([, keys]) => Object.entries((keys ?? {}) as Record<string, unknown>))
    .filter(([key]) => key.toLowerCase() === 'sts:externalid')
    .map(([, values]) => asList(values));
}

/** What policies of one kind say of a request together. `silent`: nothing, which denies it too. */
type Ruling = 'allow' | 'deny' | 'silent';

/** Denied by any statement, else allowed by any. A statement that allows under a condition is taken as not met. */
export function rulingOf(policies: Policy[], request: { action: string; resource: string }): Ruling {
  let ruling: Ruling = 'silent';
  for (const statement of policies.flatMap((policy) => policy.Statement)) {
    if (!applies(statement, request)) continue;
    if (statement.Effect === 'Deny') return 'deny';
    if (statement.Effect === 'Allow' && statement.Condition === undefined) ruling = 'allow';
  }
  return ruling;
}

function applies(statement: Statement, request: { action: string; resource: string }): boolean {
  const { action, resource } = request;
  const actionFits =
    statement.NotAction === undefined ? isAbout(statement.Action, action) : !isAbout(statement.NotAction, action);
  const exact = (patterns: unknown) => asList(patterns).some((pattern) => matches(String(pattern), resource));
  const resourceFits = statement.NotResource === undefined ? exact(statement.Resource) : !exact(statement.NotResource);
  return actionFits && resourceFits;
}

/** `*` for any text, `?` for one character; linear in the text, whatever the pattern. */
export function matches(pattern: string, text: string): boolean {
  let p = 0;
  let t = 0;
  let star = -1;
  let resume = 0;
  while (t < text.length) {
    if (p < pattern.length && (pattern[p] === '?' || (pattern[p] === text[t] && pattern[p] !== '*'))) {
      p += 1;
      t += 1;
    } else if (pattern[p] === '*') {
      star = p;
      resume = t;
      p += 1;
    } else if (star >= 0) {
      p = star + 1;
      resume += 1;
      t = resume;
    } else return false;
  }
  while (pattern[p] === '*') p += 1;
  return p === pattern.length;
}

export const asList = (value: unknown): unknown[] =>
  Array.isArray(value) ? value : value === undefined ? [] : [value];

const malformed = (message: string) => new AwsError('MalformedPolicyDocumentException', message);
