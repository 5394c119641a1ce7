import type { Unserved } from './fact.ts';

/** Recordings of API Gateway that are not called in test/conformance, and why. */

const list = (rows: [string, number, string][]): Unserved[] =>
  rows.map(([recorded, answers, why]) => ({ recorded, answers, why }));

export const apigatewayUnserved = list([
  ['TestApiGatewayApiDocumentationPart', 23, 'documentation parts are not served'],
  ['TestApiGatewayVpcLink', 10, 'VPC links are not served'],
  ['TestApigatewayIntegration::test_create_integration_with_vpc_link', 4, 'VPC links are not served'],
  ['TestApigatewayTestInvoke::test_failed_invoke_test_method', 1, 'HTTP integrations are not served'],
  ['test_create_execute_api_vpc_endpoint', 1, 'APIs inside a VPC are not served'],
  ['test_rest_api_to_dynamodb_integration', 2, 'integrations with services other than Lambda are not served'],
]);
