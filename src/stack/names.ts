/** What the stack's resources are called. Stack `default` has the tutorial's own names; another prefixes each `NAME-`. */
export interface StackNames {
  role: string;
  /** The role's inline policy. */
  policy: string;
  table: string;
  function: string;
  logGroup: string;
  api: string;
  /** Path segment below the API's root; the same in every stack. */
  path: string;
  stage: string;
  pool: string;
  client: string;
  authorizer: string;
}

export function stackNames(stack: string): StackNames {
  const prefix = stack === 'default' ? '' : `${stack}-`;
  return {
    role: `${prefix}lambda-apigateway-role`,
    policy: `${prefix}lambda-apigateway-policy`,
    table: `${prefix}lambda-apigateway`,
    function: `${prefix}LambdaFunctionOverHttps`,
    logGroup: `/aws/lambda/${prefix}LambdaFunctionOverHttps`,
    api: `${prefix}DynamoDBOperations`,
    path: 'DynamoDBManager',
    stage: 'prod',
    pool: `${prefix}serverlesspool`,
    client: `${prefix}serverless_app_client`,
    authorizer: `${prefix}serverless-authorizer`,
  };
}
