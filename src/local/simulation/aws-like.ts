/**
 * What makes provisioning hard in a real account, as figures: each with where it comes from. All are multiplied by
 * the scale of `--aws-like`.
 */

interface Delay {
  ms: number;
  source: string;
}

const delay = (ms: number, source: string): Delay => ({ ms, source });

/** How long a state lasts after the call that began it. */
export const delays = {
  'iam.role-assumable': delay(7_900, 'cdkd docs/benchmarks.md: a fresh name propagates in 7.9 s (median)'),
  'iam.policy-effective': delay(4_000, 'Terraform polls GetRolePolicy until found; usually single-digit seconds'),
  'lambda.pending': delay(1_000, 'aws/aws-cdk#18536: a zip function without a VPC becomes ready in about 1 s'),
  'lambda.updating': delay(1_000, 'aws/aws-cdk#18536'),
  'lambda.permission-effective': delay(2_000, 'terraform-provider-aws#17604: invoking right after a deploy gave 500'),
  'lambda.first-retry': delay(60_000, 'developer guide: one minute between the first two tries of an event'),
  'lambda.second-retry': delay(120_000, 'developer guide: two minutes between the second and the third'),
  'dynamodb.table-visible': delay(1_000, 'DescribeTable is eventually consistent for a few seconds (API reference)'),
  'dynamodb.creating': delay(7_000, 'Terraform logs: tables take 7 s, others to 20 s'),
  'dynamodb.deleting': delay(5_000, 'Terraform logs'),
  'dynamodb.tags': delay(3_000, 'TagResource is asynchronous: the old set may show for some seconds (API reference)'),
  'cognito.domain-creating': delay(2_900, 'rosberglinhares/CloudFormationCognitoCustomResources#4: 2.9 s'),
  'cognito.domain-deleting': delay(2_900, 'taken as long as creating'),
  'apigateway.change-settles': delay(100, 'a part of the 0.4 s that a call takes: aws-sdk-js#1014'),
  'apigateway.stage-ready': delay(2_000, 'undocumented; integration tests against AWS poll every 2 s, ten times'),
  'logs.visible': delay(5_000, 'log events lag by seconds; the documentation allows minutes'),
  'xray.indexed': delay(10_000, 'Powertools tests poll every 5 to 10 s'),
} as const satisfies Record<string, Delay>;

export type DelayName = keyof typeof delays;

/** Milliseconds that one call takes. API Gateway 0.4–0.9 s: aws-sdk-js#1014; Lambda 0.22 s: terraform-provider-aws#42245. */
export function callLatencyMs(service: string): number {
  switch (service) {
    case 'apigateway':
      // The rest of the 0.4 s is `apigateway.change-settles`.
      return 300;
    case 'lambda':
      return 220;
    case 'iam':
      return 150;
    default:
      return 100;
  }
}

export interface RateLimit {
  name: string;
  perSecond: number;
  burst: number;
  error: string;
  message: string;
  status: number;
  applies(service: string, operation: string): boolean;
}

const gatewayMessage = 'Too Many Requests';

function gatewayLimit(operation: string, perSecond: number, burst = 1): RateLimit {
  return {
    name: `apigateway.${operation}`,
    perSecond,
    burst,
    error: 'TooManyRequestsException',
    message: gatewayMessage,
    status: 429,
    applies: (service, called) => service === 'apigateway' && called === operation,
  };
}

/** API Gateway developer guide, `limits`; Lambda developer guide, `gettingstarted-limits`; Cognito developer guide, `limits`. */
export const rateLimits: readonly RateLimit[] = [
  gatewayLimit('CreateRestApi', 1 / 3),
  gatewayLimit('DeleteRestApi', 1 / 30),
  gatewayLimit('CreateDeployment', 1 / 5),
  gatewayLimit('CreateResource', 5, 5),
  gatewayLimit('DeleteResource', 5, 5),
  gatewayLimit('GetResources', 5 / 2, 5),
  gatewayLimit('UpdateAccount', 1 / 20),
  {
    name: 'apigateway',
    perSecond: 10,
    burst: 40,
    error: 'TooManyRequestsException',
    message: gatewayMessage,
    status: 429,
    applies: (service) => service === 'apigateway',
  },
  {
    name: 'lambda',
    perSecond: 15,
    burst: 15,
    error: 'TooManyRequestsException',
    message: 'Rate Exceeded.',
    status: 429,
    applies: (service, operation) => service === 'lambda' && operation !== 'Invoke' && operation !== 'GetFunction',
  },
  {
    name: 'cognito-idp.pool-updates',
    perSecond: 15,
    burst: 15,
    error: 'TooManyRequestsException',
    message: 'Rate exceeded',
    status: 400,
    applies: (service, operation) => service === 'cognito-idp' && /UserPool/.test(operation),
  },
  {
    // IAM's figures are not published; this is what a busy account is seen to bear.
    name: 'iam',
    perSecond: 15,
    burst: 30,
    // Unlike the others', its code does not end in Exception (gruntwork-io/cloud-nuke#371).
    error: 'Throttling',
    message: 'Rate exceeded',
    status: 400,
    applies: (service) => service === 'iam',
  },
];
