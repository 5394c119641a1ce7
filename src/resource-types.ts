interface TypeOfResource {
  /** AWS's service that it is of, as the console calls it. */
  service: string;
  /** `--replace` may make it anew where it cannot be changed. */
  replaceable: boolean;
}

/** Every type of resource, a service's in the order in which a request meets them. */
export const resourceTypes = {
  domain: { service: 'Cognito', replaceable: true },
  pool: { service: 'Cognito', replaceable: true },
  client: { service: 'Cognito', replaceable: true },
  user: { service: 'Cognito', replaceable: true },
  stage: { service: 'API Gateway', replaceable: true },
  api: { service: 'API Gateway', replaceable: true },
  authorizer: { service: 'API Gateway', replaceable: false },
  method: { service: 'API Gateway', replaceable: false },
  'gateway-response': { service: 'API Gateway', replaceable: false },
  permission: { service: 'Lambda', replaceable: false },
  function: { service: 'Lambda', replaceable: true },
  role: { service: 'Lambda', replaceable: true },
  'log-group': { service: 'Lambda', replaceable: true },
  table: { service: 'DynamoDB', replaceable: true },
} satisfies Record<string, TypeOfResource>;

export type ResourceType = keyof typeof resourceTypes;
