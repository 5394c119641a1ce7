import * as sdk from '@aws-sdk/client-cloudwatch-logs';
import type { Service } from '../service.ts';
import { filterLogEvents, getLogEvents, putLogEvents } from './event-operations.ts';
import {
  createLogGroup,
  deleteLogGroup,
  deleteRetentionPolicy,
  describeLogGroups,
  listTagsForResource,
  listTagsLogGroup,
  putLogGroupDeletionProtection,
  putRetentionPolicy,
  tagLogGroup,
  tagResource,
  untagLogGroup,
  untagResource,
} from './group-operations.ts';
import { groupArn } from './groups.ts';
import { createLogStream, deleteLogStream, describeLogStreams } from './stream-operations.ts';

export const service: Service = {
  signingName: 'logs',
  protocol: 'json-1.1',
  targetPrefix: 'Logs_20140328',
  sdk,
  validationError: 'InvalidParameterException',
  operations: {
    CreateLogGroup: createLogGroup,
    DescribeLogGroups: describeLogGroups,
    DeleteLogGroup: deleteLogGroup,
    PutLogGroupDeletionProtection: putLogGroupDeletionProtection,
    PutRetentionPolicy: putRetentionPolicy,
    DeleteRetentionPolicy: deleteRetentionPolicy,
    TagResource: tagResource,
    UntagResource: untagResource,
    ListTagsForResource: listTagsForResource,
    TagLogGroup: tagLogGroup,
    UntagLogGroup: untagLogGroup,
    ListTagsLogGroup: listTagsLogGroup,
    CreateLogStream: createLogStream,
    DeleteLogStream: deleteLogStream,
    DescribeLogStreams: describeLogStreams,
    PutLogEvents: putLogEvents,
    GetLogEvents: getLogEvents,
    FilterLogEvents: filterLogEvents,
  },
  permission(operation, input, call) {
    // In the order in which the operations themselves choose; the codec leaves out what an operation does not take.
    const group = input.logGroupIdentifier ?? input.resourceArn ?? input.logGroupName;
    if (typeof group !== 'string') return [{ action: `logs:${operation}`, resource: '*' }];
    const arn = group.startsWith('arn:') ? group.replace(/:\*$/, '') : groupArn(call, group);
    const stream = operation === 'PutLogEvents' ? `log-stream:${input.logStreamName}` : '*';
    return [{ action: `logs:${operation}`, resource: `${arn}:${stream}` }];
  },
};
