import type { Names } from '../every-input.ts';

export const lambdaUri = (region: string, name: string) =>
  `arn:aws:apigateway:${region}:lambda:path/2015-03-31/functions/arn:aws:lambda:${region}:000000000000:function:${name}/invocations`;

/** The paths that AWS's reference of patches has for each, with values that differ. */
export function patches(names: Names): Record<string, unknown[]> {
  const all: Record<string, Record<string, string[]>> = {
    UpdateAccount: {
      '/cloudwatchRoleArn': ['arn:aws:iam::000000000000:role/gateway', 'arn:aws:iam::000000000000:role/gateway2'],
    },
    UpdateRestApi: {
      '/name': ['a', 'b'],
      '/description': ['a', 'b'],
      '/version': ['a', 'b'],
      '/policy': ['a'],
      '/apiKeySource': ['HEADER', 'AUTHORIZER'],
      '/disableExecuteApiEndpoint': ['true', 'false'],
      '/minimumCompressionSize': ['1', '2'],
      '/endpointConfiguration/types/EDGE': ['REGIONAL', 'EDGE'],
      '/endpointConfiguration/ipAddressType': ['ipv4', 'dualstack'],
      '/endpointConfiguration/vpcEndpointIds': ['a'],
      '/securityPolicy': ['TLS_1_2'],
      '/endpointAccessMode': ['BASIC'],
    },
    UpdateAuthorizer: {
      '/name': ['a', 'b'],
      '/type': ['TOKEN', 'COGNITO_USER_POOLS'],
      '/authType': ['a', 'b'],
      '/authorizerUri': ['a'],
      '/authorizerCredentials': ['a'],
      '/identitySource': ['method.request.header.A', 'method.request.header.B'],
      '/identityValidationExpression': ['a', 'b'],
      '/authorizerResultTtlInSeconds': ['1', '2'],
    },
    UpdateDeployment: { '/description': ['a', 'b'] },
    UpdateGatewayResponse: {
      '/statusCode': ['401', '402'],
      '/responseTemplates/a~1b': ['x', 'y'],
      '/responseParameters/gatewayresponse.header.A': ["'x'", "'y'"],
    },
    UpdateIntegration: {
      '/timeoutInMillis': ['50', '51'],
      '/uri': [lambdaUri(String(names.region), 'x'), lambdaUri(String(names.region), 'y')],
      '/httpMethod': ['GET', 'POST'],
      '/passthroughBehavior': ['NEVER', 'WHEN_NO_TEMPLATES'],
      '/contentHandling': ['CONVERT_TO_TEXT', 'CONVERT_TO_BINARY'],
      '/cacheNamespace': ['a', 'b'],
      '/cacheKeyParameters/method.request.path.a': [''],
      '/connectionType': ['INTERNET', 'VPC_LINK'],
      '/connectionId': ['a'],
      '/credentials': ['a'],
      '/requestParameters/integration.request.header.a': ["'a'"],
      '/requestTemplates/application~1json': ['x', 'y'],
      '/tlsConfig/insecureSkipVerification': ['true'],
      '/responseTransferMode': ['STREAM', 'BUFFERED'],
    },
    UpdateIntegrationResponse: {
      '/selectionPattern': ['a', 'b'],
      '/responseTemplates/application~1json': ['x', 'y'],
      '/responseParameters/method.response.header.A': ["'x'", "'y'"],
      '/contentHandling': ['CONVERT_TO_TEXT', 'CONVERT_TO_BINARY'],
    },
    UpdateMethod: {
      '/authorizationType': ['NONE', 'AWS_IAM'],
      '/apiKeyRequired': ['true', 'false'],
      '/operationName': ['a', 'b'],
      '/requestValidatorId': [String(names.requestValidatorId), String(names.otherValidator)],
      '/requestParameters/method.request.header.A': ['true', 'false'],
      '/requestModels/application~1json': ['Empty', 'Error'],
      '/authorizationScopes': ['a', 'b'],
    },
    UpdateMethodResponse: {
      '/responseModels/application~1json': ['Empty', 'Error'],
      '/responseParameters/method.response.header.A': ['true', 'false'],
    },
    UpdateModel: { '/description': ['a', 'b'], '/schema': ['{"type":"object"}', '{"type":"array"}'] },
    UpdateRequestValidator: {
      '/name': ['a', 'b'],
      '/validateRequestParameters': ['true', 'false'],
      '/validateRequestBody': ['true', 'false'],
    },
    UpdateResource: { '/pathPart': ['a', 'b'], '/parentId': [String(names.rootId), String(names.otherResource)] },
    UpdateStage: {
      '/deploymentId': [String(names.deploymentId), String(names.otherDeployment)],
      '/description': ['a', 'b'],
      '/tracingEnabled': ['true', 'false'],
      '/variables/a': ['x', 'y'],
      '/variables/n': ['x', 'y'],
      '/cacheClusterEnabled': ['true', 'false'],
      '/cacheClusterSize': ['0.5'],
      '/clientCertificateId': ['a'],
      '/documentationVersion': ['a'],
      '/canarySettings/percentTraffic': ['1'],
      ...Object.fromEntries(
        ['/*/*', '/~1here/GET'].flatMap((place) =>
          Object.entries({
            'metrics/enabled': ['true', 'false'],
            'logging/dataTrace': ['true', 'false'],
            'logging/loglevel': ['OFF', 'ERROR', 'INFO'],
            'throttling/burstLimit': ['1', '2'],
            'throttling/rateLimit': ['1', '2'],
            'caching/ttlInSeconds': ['1', '2'],
            'caching/enabled': ['true', 'false'],
            'caching/dataEncrypted': ['true', 'false'],
            'caching/requireAuthorizationForCacheControl': ['true', 'false'],
            'caching/unauthorizedCacheControlHeaderStrategy': [
              'FAIL_WITH_403',
              'SUCCEED_WITH_RESPONSE_HEADER',
              'SUCCEED_WITHOUT_RESPONSE_HEADER',
            ],
          }).map(([setting, values]) => [`${place}/${setting}`, values]),
        ),
      ),
    },
  };
  const byAuthorizer = [names.authorizerId, names.otherAuthorizer].map((id) => [
    { op: 'replace', path: '/authorizationType', value: 'COGNITO_USER_POOLS' },
    { op: 'replace', path: '/authorizerId', value: String(id) },
  ]);
  const patched = Object.fromEntries(
    Object.entries(all).flatMap(([operation, paths]) => [
      [
        `${operation}.patchOperations`,
        Object.entries(paths)
          .slice(0, 1)
          .flatMap(([path, values]) => values.map((value) => [{ op: 'replace', path, value }])),
      ],
      ...Object.entries(paths).map(([path, values]) => [
        `${operation}.patchOperations:${path}`,
        values.map((value) => [{ op: 'replace', path, value }]),
      ]),
    ]),
  );
  const types = ['MOCK', 'HTTP'].map((type) => [
    { op: 'replace', path: '/httpMethod', value: 'POST' },
    { op: 'replace', path: '/uri', value: 'https://a.b' },
    { op: 'replace', path: '/type', value: type },
  ]);
  return {
    ...patched,
    ...accessLogs(String(names.region)),
    'UpdateIntegration.patchOperations:/type': types,
    'UpdateMethod.patchOperations:/authorizerId': byAuthorizer,
  };
}

/** Its group and its format come together. */
function accessLogs(region: string): Record<string, unknown[]> {
  const logs = (group: string, format: string) =>
    Object.entries({ destinationArn: `arn:aws:logs:${region}:000000000000:log-group:${group}`, format }).map(
      ([member, value]) => ({ op: 'replace', path: `/accessLogSettings/${member}`, value }),
    );
  const format = '$context.requestId';
  return {
    'UpdateStage.patchOperations:/accessLogSettings/destinationArn': [logs('a', format), logs('b', format)],
    'UpdateStage.patchOperations:/accessLogSettings/format': [
      logs('a', format),
      logs('a', `${format} $context.status`),
    ],
  };
}
