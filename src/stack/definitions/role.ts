import { type ActualRole, type DesiredRole, type PolicyDocument, role } from '../../aws/role.ts';
import { logGroupNameIn, policyNameIn, roleNameIn, tableNameIn } from '../names.ts';
import { type Known, type Node, type NodeId, node, type TerraformExport } from '../node.ts';
import { logGroupArn, roleArn, tableArn } from '../place.ts';
import { namedPart, type Service, type ServiceFunction } from '../service.ts';
import { expression, jsonencode } from '../terraform-blocks.ts';

export const roleId = (functionName: string): NodeId<ActualRole> => `role:${functionName}`;

/** Each function's execution role. */
export function roles({ functions }: Service): Node[] {
  return functions.map((spec) =>
    node<DesiredRole, ActualRole>({
      id: roleId(spec.name),
      type: 'role',
      name: ({ stack }) => roleNameIn(stack, spec.name),
      arns: ({ place, stack }) => [roleArn(place, roleNameIn(stack, spec.name))],
      key: (known) => ({
        name: roleNameIn(known.stack, spec.name),
        description: 'Execution role of a function made by dynops',
        trust: trustPolicy,
        policyName: policyNameIn(known.stack, spec.name),
        policy: known.settings().policy === 'tutorial' ? tutorialPolicy : leastPrivilege(known, spec),
        tags: known.tags('role'),
      }),
      resource: role,
      terraform: roleTerraform,
      consoleStep: 'IAM → Roles → Create role: AWS service, Lambda; then Add permissions → Create inline policy → JSON',
    }),
  );
}

const trustPolicy: PolicyDocument = {
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' }, Action: 'sts:AssumeRole' }],
};

const tableActions = [
  'dynamodb:DeleteItem',
  'dynamodb:GetItem',
  'dynamodb:PutItem',
  'dynamodb:Query',
  'dynamodb:Scan',
  'dynamodb:UpdateItem',
];
const traceActions = ['xray:PutTraceSegments', 'xray:PutTelemetryRecords'];

/** The rights that the tutorial gives. */
const tutorialPolicy: PolicyDocument = {
  Version: '2012-10-17',
  Statement: [
    { Sid: 'Stmt1428341300017', Effect: 'Allow', Action: tableActions, Resource: '*' },
    {
      Sid: '',
      Effect: 'Allow',
      Action: ['logs:CreateLogGroup', 'logs:CreateLogStream', 'logs:PutLogEvents'],
      Resource: '*',
    },
    { Sid: 'Traces', Effect: 'Allow', Action: traceActions, Resource: '*' },
  ],
};

/** Rights on the function's own tables, their indexes, and its log group. */
function leastPrivilege({ place, stack, service }: Known, spec: ServiceFunction): PolicyDocument {
  const tables = spec.tables.flatMap((name) => {
    const arn = tableArn(place, tableNameIn(stack, name));
    return namedPart(service.tables, name).indexes.length > 0 ? [arn, `${arn}/index/*`] : [arn];
  });
  const logs = `${logGroupArn(place, logGroupNameIn(stack, spec.name))}:*`;
  const [only, ...more] = tables;
  return {
    Version: '2012-10-17',
    Statement: [
      ...(only === undefined
        ? []
        : [{ Sid: 'Items', Effect: 'Allow', Action: tableActions, Resource: more.length > 0 ? tables : only }]),
      // No CreateLogGroup: a late log line would create the group again after it was deleted.
      { Sid: 'Logs', Effect: 'Allow', Action: ['logs:CreateLogStream', 'logs:PutLogEvents'], Resource: logs },
      // X-Ray knows no resources to narrow these to.
      { Sid: 'Traces', Effect: 'Allow', Action: traceActions, Resource: '*' },
    ],
  };
}

export const roleTerraform: TerraformExport<DesiredRole, ActualRole> = {
  blocks: ({ name, description, trust, policyName, policy, tags }, { label, actual }) => [
    {
      type: 'aws_iam_role',
      label,
      attributes: { name, description, assume_role_policy: jsonencode(trust), tags },
      importId: actual?.name,
    },
    {
      type: 'aws_iam_role_policy',
      label,
      attributes: { name: policyName, role: expression(`aws_iam_role.${label}.id`), policy: jsonencode(policy) },
      importId: actual && `${actual.name}:${policyName}`,
    },
  ],
};
