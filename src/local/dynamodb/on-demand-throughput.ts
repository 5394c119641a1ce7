import type { OnDemandThroughput } from '@aws-sdk/client-dynamodb';
import { invalid } from './errors.ts';

const members = ['MaxReadRequestUnits', 'MaxWriteRequestUnits'] as const;

const wrong = (message: string) => invalid(`One or more parameter values were invalid: ${message}`);

/**
 * The most that an on-demand table, or an index of one, may be asked for. `change`: of what is there, where −1 takes a
 * bound away. Throws AwsError ValidationException. (Observed on AWS: hashicorp/terraform-provider-aws#39760, nubo-db/dynoxide#159.)
 */
export function checkOnDemandThroughput(
  asked: OnDemandThroughput | undefined,
  { billingMode, of = 'table', change }: { billingMode: string; of?: string; change: boolean },
): void {
  const given = members.filter((member) => asked?.[member] !== undefined);
  const [first] = given;
  if (first && billingMode === 'PROVISIONED') {
    const when = change ? 'the table BillingMode is PROVISIONED' : 'table BillingMode is PROVISIONED.';
    throw wrong(`${first} for OnDemandThroughput cannot be specified when ${when}`);
  }
  for (const member of given) {
    const units = asked?.[member] ?? 0;
    if (units >= 1 || (change && units === -1)) continue;
    throw wrong(`Requested ${member} for OnDemandThroughput for ${of} is outside of valid range`);
  }
}

/** What is left of both: the asked bounds over those that are there, without those taken away. */
export function mergeOnDemandThroughput(
  before: OnDemandThroughput | undefined,
  asked: OnDemandThroughput | undefined,
): OnDemandThroughput | undefined {
  const merged = Object.entries({ ...before, ...asked }).filter(([, units]) => units !== -1);
  return merged.length > 0 ? Object.fromEntries(merged) : undefined;
}
