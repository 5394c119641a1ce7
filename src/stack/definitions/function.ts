import {
  type ActualFunction,
  type DesiredFunction,
  functionDescription,
  lambdaFunction,
  secretTags,
} from '../../aws/function.ts';
import { functionNameIn, roleNameIn, tableNameIn } from '../names.ts';
import { type Known, type Node, type NodeId, node, type TerraformExport } from '../node.ts';
import { functionArn, roleArn } from '../place.ts';
import { type Service, type ServiceFunction, secretVariables, tableVariable, tutorialName } from '../service.ts';
import { expression, labelsOf } from '../terraform-blocks.ts';
import { logGroupId } from './log-group.ts';
import { roleId } from './role.ts';

export const functionId = (name: string): NodeId<ActualFunction> => `function:${name}`;

/** The Lambda functions. */
export function functions(service: Service): Node[] {
  return service.functions.map((spec) =>
    node<DesiredFunction, ActualFunction>({
      id: functionId(spec.name),
      type: 'function',
      // The policy is on the role before the function exists: a sandbox that starts without it keeps its denials for minutes.
      after: [roleId(spec.name), logGroupId(spec.name)],
      // A function that is still running creates its log group again, and needs its role until the end.
      holds: [roleId(spec.name), logGroupId(spec.name)],
      name: ({ stack }) => functionNameIn(stack, spec.name),
      arns: ({ place, stack }) => [functionArn(place, functionNameIn(stack, spec.name))],
      key: (known) => withoutCode(known, spec),
      desired: async (known) => ({
        ...withoutCode(known, spec),
        codeSha256: (await known.code(spec)).sha256,
      }),
      ownTags: () => ownTags(spec),
      resource: lambdaFunction,
      terraform: terraformOf(spec, variableLabels(service)),
      consoleStep:
        'Lambda → Create function → Author from scratch, with the existing role; upload the code; Configuration → General configuration: memory and timeout; Monitoring and operations tools: active tracing',
    }),
  );
}

const ownTags = (spec: ServiceFunction) => secretTags(secretVariables(spec));

function withoutCode(known: Known, spec: ServiceFunction): DesiredFunction {
  const { memoryMb, runtime, architecture, tracing } = known.settings();
  return {
    name: functionNameIn(known.stack, spec.name),
    roleArn: roleArn(known.place, roleNameIn(known.stack, spec.name)),
    runtime: spec.runtime ?? runtime,
    architecture,
    handler: spec.handler,
    memoryMb: spec.memoryMb ?? memoryMb,
    timeoutSeconds: spec.timeoutSeconds,
    tracing,
    environment: environmentOf(known, spec),
    secrets: secretVariables(spec),
    code: () => known.code(spec),
    codeSha256: '',
    tags: { ...known.tags('function'), ...ownTags(spec) },
  };
}

/**
 * What it was given, its tables' names (the tutorial's function is told those in each call), and the origins whose pages may
 * read its answers: of a proxy integration, API Gateway hands on the function's own headers alone
 * (https://docs.aws.amazon.com/apigateway/latest/developerguide/how-to-cors.html).
 */
function environmentOf(
  { stack, service: { cors } }: Known,
  { name, environment, tables }: ServiceFunction,
): Record<string, string> {
  const given = Object.entries(environment).map(([variable, { value }]) => [variable, value]);
  const told = name === tutorialName ? [] : tables;
  const names = told.map((table) => [tableVariable(table), tableNameIn(stack, table)]);
  const origins = cors.length > 0 && name !== tutorialName ? [['CORS_ORIGINS', cors.join(',')]] : [];
  return Object.fromEntries([...origins, ...names, ...given]);
}

/** Of the variables that an exported configuration has for what is secret, beside those for the runtime, the code and the password. */
export const variableLabels = ({ functions: all }: Service) =>
  labelsOf(all.flatMap(secretVariables), ['runtime', 'zip', 'password']);

function terraformOf(
  spec: ServiceFunction,
  variable: (name: string) => string,
): TerraformExport<DesiredFunction, ActualFunction> {
  return {
    blocks(desired, { label, actual }) {
      const secrets = desired.secrets.map((name) => [name, expression(`var.${variable(name)}`)]);
      const variables = { ...desired.environment, ...Object.fromEntries(secrets) };
      const file = `var.zip["${label}"]`;
      return [
        {
          type: 'aws_lambda_function',
          label,
          attributes: {
            function_name: desired.name,
            description: functionDescription,
            role: desired.roleArn,
            // One that is the service's own is not the stack's to choose.
            runtime: spec.runtime ?? expression('var.runtime'),
            architectures: [desired.architecture],
            handler: desired.handler,
            filename: expression(file),
            source_code_hash: expression(`filebase64sha256(${file})`),
            memory_size: desired.memoryMb,
            timeout: desired.timeoutSeconds,
            tags: desired.tags,
          },
          blocks: {
            tracing_config: { mode: desired.tracing ? 'Active' : 'PassThrough' },
            environment: Object.keys(variables).length > 0 ? { variables } : undefined,
          },
          importId: actual?.name,
        },
      ];
    },
  };
}
