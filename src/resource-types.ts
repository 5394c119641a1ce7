interface TypeOfResource {
  /** AWS's service that it is of, as the console calls it. */
  service: string;
  /** `--replace` may make it anew where it cannot be changed. */
  replaceable: boolean;
  /** It has one name in all regions, so its tags say whose region it is of. */
  isGlobal?: true;
  /** What can be set on it that neither shows as drift nor is taken back by `up`; access that somebody narrowed stays so. */
  notCompared: readonly string[];
}

/** Every type of resource, a service's in the order in which a request meets them. */
export const resourceTypes = {
  domain: { service: 'Cognito', replaceable: true, notCompared: ['the look of the pages'] },
  pool: {
    service: 'Cognito',
    replaceable: true,
    notCompared: [
      'Lambda triggers',
      'e-mail and SMS settings other than the role for SMS',
      'threat protection',
      'how accounts are recovered',
      'ways to sign in without a password',
      'further attributes',
      'deletion protection',
    ],
  },
  'sms-role': {
    service: 'Cognito',
    replaceable: true,
    isGlobal: true,
    notCompared: ['a permissions boundary', 'the longest session'],
  },
  client: {
    service: 'Cognito',
    replaceable: true,
    notCompared: ['which attributes it may read and write', 'whether tokens can be revoked'],
  },
  user: { service: 'Cognito', replaceable: true, notCompared: ['groups', 'attributes'] },
  stage: {
    service: 'API Gateway',
    replaceable: true,
    notCompared: ['logs and metrics', 'a web ACL (WAF)', 'a client certificate'],
  },
  api: {
    service: 'API Gateway',
    replaceable: true,
    notCompared: [
      'a resource policy',
      "paths, methods and gateway responses that are not the service's",
      'custom domain names',
      'compression',
    ],
  },
  authorizer: { service: 'API Gateway', replaceable: false, notCompared: ['how long its answers are cached'] },
  method: { service: 'API Gateway', replaceable: false, notCompared: ['models', 'parameters that it asks for'] },
  'gateway-response': { service: 'API Gateway', replaceable: false, notCompared: ['templates'] },
  permission: { service: 'Lambda', replaceable: false, notCompared: [] },
  function: {
    service: 'Lambda',
    replaceable: true,
    notCompared: [
      'aliases and versions',
      'a function URL',
      'further permissions to invoke it',
      'VPC and file systems',
      'an encryption key',
      'ephemeral storage',
      'code signing',
      'the dead-letter queue',
    ],
  },
  role: {
    service: 'Lambda',
    replaceable: true,
    isGlobal: true,
    notCompared: ['a permissions boundary', 'the longest session'],
  },
  'log-group': {
    service: 'Lambda',
    replaceable: true,
    notCompared: ['an encryption key', 'subscriptions and metric filters', 'deletion protection'],
  },
  table: {
    service: 'DynamoDB',
    replaceable: true,
    notCompared: [
      'a resource policy',
      'an encryption key',
      'streams',
      'backups',
      'replicas',
      'the limits of its indexes',
      'deletion protection',
    ],
  },
} satisfies Record<string, TypeOfResource>;

export type ResourceType = keyof typeof resourceTypes;

/** Whether another region's stack would have the same name for it. */
export function isGlobal(type: ResourceType): boolean {
  const about: TypeOfResource = resourceTypes[type];
  return about.isGlobal === true;
}
