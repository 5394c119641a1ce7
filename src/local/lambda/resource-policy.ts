import { isAbout, matches } from '../iam/policy.ts';

export interface PermissionStatement {
  Sid: string;
  Effect: 'Allow';
  Principal: { Service: string } | { AWS: string } | '*';
  Action: string;
  Resource: string;
  Condition?: Record<string, Record<string, string>>;
}

/** Whether a resource policy lets a service invoke it on behalf of a source. */
export function mayInvoke(
  { statements }: { statements: PermissionStatement[] },
  request: { principal: string; sourceArn: string },
): boolean {
  const known = decisions.get(statements) ?? new Map<string, boolean>();
  decisions.set(statements, known);
  const key = `${request.principal} ${request.sourceArn}`;
  const decided = known.get(key) ?? isAllowed(statements, request);
  if (known.size < maxDecisions) known.set(key, decided);
  return decided;
}

/** A changed policy is another list of statements. */
const decisions = new WeakMap<PermissionStatement[], Map<string, boolean>>();
const maxDecisions = 1_000;

function isAllowed(statements: PermissionStatement[], request: { principal: string; sourceArn: string }): boolean {
  return statements.some(({ Principal, Action, Condition }) => {
    const service = Principal === '*' ? '*' : 'Service' in Principal ? Principal.Service : undefined;
    if (service !== '*' && service !== request.principal) return false;
    if (!isAbout(Action, 'lambda:InvokeFunction')) return false;
    return Object.entries(Condition ?? {}).every(([operator, tests]) =>
      Object.entries(tests).every(([key, pattern]) => conditionHolds({ operator, key, pattern }, request.sourceArn)),
    );
  });
}

function conditionHolds(test: { operator: string; key: string; pattern: string }, sourceArn: string): boolean {
  if (test.key.toLowerCase() === 'aws:sourcearn') return matches(test.pattern, sourceArn);
  if (test.key.toLowerCase() === 'aws:sourceaccount') return sourceArn.split(':')[4] === test.pattern;
  return false;
}
