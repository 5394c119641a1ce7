/** Where the stack is. */
export interface Place {
  partition: string;
  region: string;
  accountId: string;
}

export function roleArn({ partition, accountId }: Place, roleName: string): string {
  return `arn:${partition}:iam::${accountId}:role/${roleName}`;
}

export function tableArn({ partition, region, accountId }: Place, tableName: string): string {
  return `arn:${partition}:dynamodb:${region}:${accountId}:table/${tableName}`;
}

export function logGroupArn({ partition, region, accountId }: Place, logGroup: string): string {
  return `arn:${partition}:logs:${region}:${accountId}:log-group:${logGroup}`;
}

export function functionArn({ partition, region, accountId }: Place, functionName: string): string {
  return `arn:${partition}:lambda:${region}:${accountId}:function:${functionName}`;
}

/** What API Gateway calls to invoke a function. */
export function invocationUri(place: Place, functionName: string): string {
  const { partition, region } = place;
  const arn = functionArn(place, functionName);
  return `arn:${partition}:apigateway:${region}:lambda:path/2015-03-31/functions/${arn}/invocations`;
}

/** An API's method and path in any stage: the console's test button calls from a stage of its own. */
export function invokeSource(
  { partition, region, accountId }: Place,
  { apiId, route }: { apiId: string; route: string },
): string {
  return `arn:${partition}:execute-api:${region}:${accountId}:${apiId}/*/${route}`;
}
