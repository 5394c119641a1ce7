import { DynopsError } from '../../errors.ts';
import type { Context } from '../../session/command.ts';
import { ownCommand } from '../../session/own-command.ts';
import type { Finding } from './finding.ts';

/** Which of an operator's permissions the caller lacks, as IAM says where it may be asked. */
export async function lookAtPermissions(context: Context): Promise<Finding> {
  const { kind } = await context.choice();
  if (kind !== 'aws') return { ok: true, detail: 'only asked of AWS' };
  const [aws, stack, service, { iamPolicy }, { deniedActions }] = await Promise.all([
    context.aws(),
    context.stack(),
    context.service({ values: false }),
    import('../export/iam-policy.ts'),
    import('../../aws/simulate.ts'),
  ]);
  const { partition, region, accountId, callerArn } = aws;
  if (callerArn.endsWith(':root')) return { ok: true, detail: 'the account’s root user may do everything' };
  const { Statement } = iamPolicy({ place: { partition, region, accountId }, stack, service });
  try {
    const denied = await Promise.all(
      Statement.map(({ Action: actions, Resource: resources }) =>
        deniedActions(aws, { callerArn, actions, resources }),
      ),
    );
    const lacking = [...new Set(denied.flat())];
    const count = Statement.reduce((sum, { Action }) => sum + Action.length, 0);
    if (lacking.length === 0) return { ok: true, detail: `all ${count} actions that the stack needs` };
    return {
      ok: false,
      detail: `${callerArn} lacks ${lacking.length} of the ${count} actions that the stack needs: ${lacking.join(', ')}`,
      hint: `Ask for the policy that ${ownCommand(context.options)('export iam-policy')} prints.`,
    };
  } catch (error) {
    if (!(error instanceof DynopsError)) throw error;
    const reason = error.facts.problem === 'denied' ? 'iam:SimulatePrincipalPolicy is not allowed' : error.message;
    return { ok: true, detail: `not known, as IAM does not say: ${reason}` };
  }
}
