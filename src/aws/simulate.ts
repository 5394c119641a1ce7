import { IAMClient, SimulatePrincipalPolicyCommand } from '@aws-sdk/client-iam';
import type { Aws } from './aws.ts';

/** The actions that a caller's own policies do not allow on these resources, as IAM says. Throws DynopsError where it may not be asked. */
export async function deniedActions(
  aws: Aws,
  asked: { callerArn: string; actions: string[]; resources: string[] },
): Promise<string[]> {
  const denied = new Set<string>();
  let marker: string | undefined;
  do {
    const page = await aws.call(
      IAMClient,
      new SimulatePrincipalPolicyCommand({
        PolicySourceArn: principalArn(asked.callerArn),
        ActionNames: asked.actions,
        ResourceArns: asked.resources,
        ...(marker && { Marker: marker }),
      }),
    );
    for (const { EvalActionName = '', EvalDecision } of page.EvaluationResults ?? []) {
      if (EvalDecision !== 'allowed') denied.add(EvalActionName);
    }
    marker = page.IsTruncated ? page.Marker : undefined;
  } while (marker);
  return [...denied].sort();
}

/** Of a role's session, the role; its path, if it has one, is not in the session's ARN. */
function principalArn(callerArn: string): string {
  return callerArn.replace(/:sts:(.*):assumed-role\/([^/]+)\/.*$/, ':iam:$1:role/$2');
}
