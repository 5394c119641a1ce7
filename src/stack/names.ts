import { type Service, tutorialName, tutorialService } from './service.ts';

/** A name in a stack: `default` has the service's own names, another stack prefixes each with `NAME-`. */
export function nameIn(stack: string, name: string): string {
  return stack === 'default' ? name : `${stack}-${name}`;
}

/** What the tutorial calls its function, table and role; those of a service have the names that it gives them. */
const tutorialNames = {
  function: 'LambdaFunctionOverHttps',
  table: 'lambda-apigateway',
  role: 'lambda-apigateway-role',
  policy: 'lambda-apigateway-policy',
};

const named = (name: string, tutorial: string, own = name) => (name === tutorialName ? tutorial : own);

/** Lambda's name of one of the service's functions. */
export const functionNameIn = (stack: string, name: string) => nameIn(stack, named(name, tutorialNames.function));

export const tableNameIn = (stack: string, name: string) => nameIn(stack, named(name, tutorialNames.table));

/** The role of one of the service's functions, and the role's one inline policy. */
export const roleNameIn = (stack: string, name: string) =>
  nameIn(stack, named(name, tutorialNames.role, `${name}-role`));
export const policyNameIn = (stack: string, name: string) =>
  nameIn(stack, named(name, tutorialNames.policy, `${name}-policy`));

export const logGroupNameIn = (stack: string, name: string) => `/aws/lambda/${functionNameIn(stack, name)}`;

/** What a stack has one of. */
export const apiNameIn = (stack: string) => nameIn(stack, 'DynamoDBOperations');
export const authorizerNameIn = (stack: string) => nameIn(stack, 'serverless-authorizer');
export const poolNameIn = (stack: string) => nameIn(stack, 'serverlesspool');
/** No function's role: those end in `-role`. */
export const smsRoleNameIn = (stack: string) => nameIn(stack, 'serverlesspool-sms');
export const clientNameIn = (stack: string) => nameIn(stack, 'serverless_app_client');

/** The names of the resources that commands outside the pipeline work on. */
export interface StackNames {
  table: string;
  function: string;
  logGroup: string;
}

/** Of the service's first table and function; the tutorial has no others. */
export function stackNames(stack: string, { functions, tables }: Service = tutorialService): StackNames {
  const functionName = functions[0]?.name ?? tutorialName;
  return {
    table: tableNameIn(stack, tables[0]?.name ?? tutorialName),
    function: functionNameIn(stack, functionName),
    logGroup: logGroupNameIn(stack, functionName),
  };
}
