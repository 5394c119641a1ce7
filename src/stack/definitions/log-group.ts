import { type ActualLogGroup, type DesiredLogGroup, logGroup } from '../../aws/log-group.ts';
import { logGroupNameIn } from '../names.ts';
import { type Node, type NodeId, node, type TerraformExport } from '../node.ts';
import { logGroupArn } from '../place.ts';
import type { Service } from '../service.ts';

export const logGroupId = (functionName: string): NodeId<ActualLogGroup> => `log-group:${functionName}`;

/** Each function's log group, made before the function would make one that keeps its events for ever. */
export function logGroups({ functions }: Service): Node[] {
  return functions.map((spec) =>
    node<DesiredLogGroup, ActualLogGroup>({
      id: logGroupId(spec.name),
      type: 'log-group',
      optional: true,
      name: ({ stack }) => logGroupNameIn(stack, spec.name),
      // Tags are of the group, all else of what is in it.
      arns: ({ place, stack }) => {
        const arn = logGroupArn(place, logGroupNameIn(stack, spec.name));
        return [arn, `${arn}:*`];
      },
      key: (known) => ({
        name: logGroupNameIn(known.stack, spec.name),
        retentionDays: known.settings().retentionDays,
        tags: known.tags('log-group'),
      }),
      resource: logGroup,
      terraform,
      consoleStep: 'CloudWatch → Log groups → Create log group, with a retention',
    }),
  );
}

const terraform: TerraformExport<DesiredLogGroup, ActualLogGroup> = {
  blocks: ({ name, retentionDays, tags }, { label, actual }) => [
    {
      type: 'aws_cloudwatch_log_group',
      label,
      attributes: { name, retention_in_days: retentionDays, tags },
      importId: actual?.name,
    },
  ],
};
