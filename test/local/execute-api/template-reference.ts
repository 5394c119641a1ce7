/**
 * Every member of AWS's reference, and what an engine's template writes for it. Sources: API Gateway developer guide, "Variables for
 * data transformations" (api-gateway-mapping-template-reference) and "Variables for access logging"
 * (api-gateway-variables-for-access-logging), both as of 2026-11-29; what the first no longer lists of 2023, too.
 */

/** A pattern: the value. A text: why the value is empty, on AWS as here. `refused`: the name by which putting it is refused. */
export type Expected = RegExp | string | { refused: string };

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const wafAbsent = 'no stage has a web ACL';
const iamAbsent = 'no method is authorized by IAM';
const identityPoolAbsent = 'no caller signs with credentials of an identity pool';
const mutualTlsAbsent = 'there are no custom domain names, and mutual TLS needs one';
const vpcAbsent = 'there are no private APIs';
const errorAbsent = 'for gateway responses, which are tested below';
const logsAlone = 'for access logs alone';
const noAuthorizerFunction = 'authorizers that are functions are not served';

/** `$context`, of a request with an id token to the stage `prod`, `POST /echo/7`, traced. */
export const context: Record<string, Expected> = {
  '$context.accountId': /^000000000000$/,
  '$context.apiId': /^[a-z0-9]{10}$/,
  '$context.authorizer.claims': 'null itself; its members are not',
  '$context.authorizer.claims.sub': uuid,
  "$context.authorizer.claims['cognito:username']": /^someone$/,
  '$context.authorizer.claims.no_such_claim': 'the token has no such claim',
  '$context.authorizer.principalId': uuid,
  '$context.authorizer.key': noAuthorizerFunction,
  '$context.awsEndpointRequestId': 'the function was not called yet',
  '$context.deploymentId': /^[a-z0-9]+$/,
  '$context.domainName': /^[a-z0-9]{10}\.execute-api\.us-east-1\.amazonaws\.com$/,
  '$context.domainPrefix': /^[a-z0-9]{10}$/,
  '$context.error.message': errorAbsent,
  '$context.error.messageString': errorAbsent,
  '$context.error.responseType': errorAbsent,
  '$context.error.validationErrorString': errorAbsent,
  '$context.extendedRequestId': /^[\w-]{15}=$/,
  '$context.httpMethod': /^POST$/,
  '$context.identity.accountId': iamAbsent,
  '$context.identity.apiKey': 'there are no API keys: methods that require one refuse every call',
  '$context.identity.apiKeyId': 'there are no API keys: methods that require one refuse every call',
  '$context.identity.caller': iamAbsent,
  '$context.identity.cognitoAuthenticationProvider': identityPoolAbsent,
  '$context.identity.cognitoAuthenticationType': identityPoolAbsent,
  '$context.identity.cognitoIdentityId': identityPoolAbsent,
  '$context.identity.cognitoIdentityPoolId': identityPoolAbsent,
  '$context.identity.principalOrgId': iamAbsent,
  '$context.identity.sourceIp': /^127\.0\.0\.1$/,
  '$context.identity.clientCert.clientCertPem': mutualTlsAbsent,
  '$context.identity.clientCert.subjectDN': mutualTlsAbsent,
  '$context.identity.clientCert.issuerDN': mutualTlsAbsent,
  '$context.identity.clientCert.serialNumber': mutualTlsAbsent,
  '$context.identity.clientCert.validity.notBefore': mutualTlsAbsent,
  '$context.identity.clientCert.validity.notAfter': mutualTlsAbsent,
  '$context.identity.vpcId': vpcAbsent,
  '$context.identity.vpceId': vpcAbsent,
  '$context.identity.user': iamAbsent,
  '$context.identity.userAgent': /^reference\/1$/,
  '$context.identity.userArn': iamAbsent,
  '$context.isCanaryRequest': 'canaries are not served',
  '$context.path': /^\/prod\/echo\/7$/,
  '$context.protocol': /^HTTP\/1\.1$/,
  '$context.requestId': uuid,
  '$context.requestOverride.header.name': { refused: '$context.requestOverride.header.name' },
  '$context.requestOverride.path.name': 'nothing overrides it: the next test does',
  '$context.requestOverride.querystring.name': 'nothing overrides it: the next test does',
  '$context.responseOverride.header.name': 'nothing overrides it: the next test does',
  '$context.responseOverride.status': 'nothing overrides it: the next test does',
  '$context.requestTime': /^\d\d\/[A-Z][a-z]{2}\/\d{4}:\d\d:\d\d:\d\d \+0000$/,
  '$context.requestTimeEpoch': /^\d{13}$/,
  '$context.resourceId': /^[a-z0-9]{6}$/,
  '$context.resourcePath': /^\/echo\/\{id\}$/,
  '$context.stage': /^prod$/,
  '$context.wafResponseCode': wafAbsent,
  '$context.webaclArn': wafAbsent,
  '$context.xrayTraceId': /^1-[0-9a-f]{8}-[0-9a-f]{24}$/,
  // Of access logs alone.
  '$context.authorize.error': logsAlone,
  '$context.authorize.latency': logsAlone,
  '$context.authorize.status': logsAlone,
  '$context.authorizer.error': logsAlone,
  '$context.authorizer.integrationLatency': logsAlone,
  '$context.authorizer.integrationStatus': logsAlone,
  '$context.authorizer.latency': logsAlone,
  '$context.authorizer.requestId': logsAlone,
  '$context.authorizer.status': logsAlone,
  '$context.authenticate.error': logsAlone,
  '$context.authenticate.latency': logsAlone,
  '$context.authenticate.status': logsAlone,
  '$context.customDomain.basePathMatched': logsAlone,
  '$context.endpointType': logsAlone,
  '$context.integration.error': logsAlone,
  '$context.integration.integrationStatus': logsAlone,
  '$context.integration.latency': logsAlone,
  '$context.integration.requestId': logsAlone,
  '$context.integration.responseTransferMode': logsAlone,
  '$context.integration.status': logsAlone,
  '$context.integration.timeToFirstContent': logsAlone,
  '$context.integrationErrorMessage': logsAlone,
  '$context.integrationLatency': logsAlone,
  '$context.integrationStatus': logsAlone,
  '$context.responseLatency': logsAlone,
  '$context.responseLength': logsAlone,
  '$context.status': logsAlone,
  '$context.waf.error': logsAlone,
  '$context.waf.latency': logsAlone,
  '$context.waf.status': logsAlone,
  '$context.no.such.member': 'the reference has no such member',
};

/** `$input`, `$stageVariables` and `$util`, of the same request with `?q=a%20b` and the body below. */
export const body =
  '{"pets":[{"id":1},{"id":2},{"id":3}],"text":"it\'s","big":12345678901234567890,"more":"{\\"a\\":[7]}"}';
export const rest: Record<string, Expected> = {
  '$input.body': /^\{"pets":.*\}$/,
  "$input.json('$.pets')": /^\[\{"id":1\},\{"id":2\},\{"id":3\}\]$/,
  "$input.json('$.big')": /^12345678901234567890$/,
  "$input.params('id')": /^7$/,
  "$input.params('q')": /^a b$/,
  "$input.params('X-Mine')": /^yes$/,
  "$input.params('absent')": 'the request has no such parameter',
  '$input.params().path.id': /^7$/,
  '$input.params().keySet()': /^\[path, querystring, header\]$/,
  "$input.path('$.pets').count()": /^3$/,
  "$input.path('$.pets').size()": /^3$/,
  "$input.path('$.pets[1].id')": /^2$/,
  '$stageVariables.table': /^items$/,
  "$stageVariables['table']": /^items$/,
  "${stageVariables['table']}": /^items$/,
  '$stageVariables.absent': 'the stage has no such variable',
  "$util.escapeJavaScript($input.path('$.text'))": /^it\\'s$/,
  "$util.parseJson($input.path('$.more')).a[0]": /^7$/,
  "$util.urlEncode('a b~(*)')": /^a\+b%7E%28\*%29$/,
  "$util.urlDecode('a+b%7E')": /^a b~$/,
  "$util.base64Encode('hi')": /^aGk=$/,
  "$util.base64Decode('aGk=')": /^hi$/,
  '$util.toJson($input.body)': { refused: '$util.toJson' },
  '$input.bytes()': { refused: '$input.bytes' },
};
