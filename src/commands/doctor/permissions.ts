import { DynopsError } from '../../errors.ts';
import type { Context } from '../../session/command.ts';
import { ownCommand } from '../../session/own-command.ts';
import { stackRequest } from '../../session/service.ts';
import type { Finding } from './finding.ts';

/** Which of an operator's permissions the caller lacks: as IAM says where it may be asked, else by reading the stack. */
export async function lookAtPermissions(context: Context): Promise<Finding> {
  const { kind } = await context.choice();
  if (kind === 'local') return { ok: true, detail: "not needed: the engine's owner may do everything" };
  if (kind === 'endpoint') return readsStack(context, 'the stack can be read');
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
      hint: policyHint(context),
    };
  } catch (error) {
    if (!(error instanceof DynopsError)) throw error;
    const reason = error.facts.problem === 'denied' ? 'iam:SimulatePrincipalPolicy is not allowed' : error.message;
    return readsStack(context, `the stack can be read; IAM does not say whether it can be changed: ${reason}`);
  }
}

/** Makes every call that `status` makes. Throws as it does, but for a missing permission. */
async function readsStack(context: Context, detail: string): Promise<Finding> {
  const { signal } = context;
  const [request, aws, stack] = await Promise.all([
    stackRequest(context, {}),
    context.aws(),
    import('../../stack/stack.ts'),
  ]);
  try {
    await stack.status(aws, { ...request, signal, onEvent: () => undefined });
    return { ok: true, detail };
  } catch (error) {
    if (!(error instanceof DynopsError) || error.facts.problem !== 'denied') throw error;
    return { ok: false, detail: error.message, hint: policyHint(context) };
  }
}

const policyHint = ({ options }: Context) =>
  `Ask for the policy that ${ownCommand(options)('export iam-policy')} prints.`;
