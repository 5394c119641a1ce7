import * as sdk from '@aws-sdk/client-cloudwatch-logs';
import { defineService } from '../operations.ts';
import constraints from './constraints.json' with { type: 'json' };
import { eventOperations } from './event-operations.ts';
import { groupOperations } from './group-operations.ts';
import { groupArn } from './groups.ts';
import { streamOperations } from './stream-operations.ts';

export const service = defineService<sdk.CloudWatchLogs>({
  signingName: 'logs',
  protocol: 'json-1.1',
  targetPrefix: 'Logs_20140328',
  sdk,
  constraints,
  validation: { code: 'InvalidParameterException' },
  operations: {
    ...eventOperations,
    ...groupOperations,
    ...streamOperations,
  },
  permission(operation, input, call) {
    // What lists groups is asked for on one without a name.
    if (operation === 'DescribeLogGroups')
      return [{ action: `logs:${operation}`, resource: `${groupArn(call, '')}:log-stream:` }];
    // In the order in which the operations themselves choose; the codec leaves out what an operation does not take.
    const group = input.logGroupIdentifier ?? input.resourceArn ?? input.logGroupName;
    if (typeof group !== 'string') return [{ action: `logs:${operation}`, resource: '*' }];
    const arn = group.startsWith('arn:') ? group : groupArn(call, group);
    const stream = operation === 'PutLogEvents' ? `log-stream:${input.logStreamName}` : '*';
    return [{ action: `logs:${operation}`, resource: `${arn}:${stream}` }];
  },
});
