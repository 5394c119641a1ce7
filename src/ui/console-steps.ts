import type { ResourceType } from '../stack/types.ts';

/** How the tutorial makes each by hand in the AWS console, in a line. */
export const consoleSteps: Record<ResourceType, string> = {
  role: 'IAM → Roles → Create role: AWS service, Lambda; then Add permissions → Create inline policy → JSON',
  table: 'DynamoDB → Tables → Create table: partition key id (String); Customize settings → On-demand',
  'log-group': 'CloudWatch → Log groups → Create log group, with a retention',
  function:
    'Lambda → Create function → Author from scratch, with the existing role; upload the code; Configuration → General configuration: memory and timeout; Monitoring and operations tools: active tracing',
  api: 'API Gateway → Create API → REST API → Build: Regional; then Create resource: DynamoDBManager',
  method:
    'API Gateway → the API → Resources → Create method: POST, Lambda function, not proxy; Method request: the authorizer; Method response and Integration response: 200, 400, 500',
  permission: 'Lambda → the function → Configuration → Permissions → Resource-based policy → Add permissions',
  stage: 'API Gateway → the API → Deploy API → New stage: prod; then Logs and tracing → X-Ray tracing',
  pool: 'Cognito → User pools → Create user pool: sign in by username, password of at least 6, no MFA, no self-registration',
  client: 'Cognito → the pool → App clients → Create app client: no secret; Login pages: code and implicit grants',
  domain: 'Cognito → the pool → Domain → Create Cognito domain',
  user: 'Cognito → the pool → Users → Create user: no invitation',
  authorizer:
    'API Gateway → the API → Authorizers → Create authorizer: Cognito, token source Authorization, token validation: the app client’s id',
};
