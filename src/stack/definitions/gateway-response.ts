import {
  type ActualGatewayResponse,
  type DesiredGatewayResponse,
  gatewayResponse,
  responseTemplates,
} from '../../aws/gateway-response.ts';
import { type Known, type Node, type NodeId, node, type TerraformExport } from '../node.ts';
import type { Service } from '../service.ts';
import { apiId } from './api.ts';
import { gatewayResponseParameters } from './cors.ts';

const responseTypes = ['DEFAULT_4XX', 'DEFAULT_5XX'] as const;

const gatewayResponseId = (responseType: string): NodeId<ActualGatewayResponse> => `gateway-response:${responseType}`;

/** What lets a browser's page read the API's own refusals. */
export function gatewayResponses({ cors }: Service): Node[] {
  if (cors.length === 0) return [];
  return responseTypes.map((responseType) =>
    node<DesiredGatewayResponse, ActualGatewayResponse>({
      id: gatewayResponseId(responseType),
      type: 'gateway-response',
      inside: apiId,
      after: [apiId],
      name: () => responseType,
      key: (known) => desiredResponse(known, responseType),
      resource: gatewayResponse,
      terraform,
      consoleStep: 'API Gateway → the API → Gateway responses → Default 4XX, Default 5XX → Response headers',
    }),
  );
}

function desiredResponse(
  known: Known,
  responseType: DesiredGatewayResponse['responseType'],
): DesiredGatewayResponse | undefined {
  const found = known.actual(apiId);
  return found && { apiId: found.apiId, responseType, parameters: gatewayResponseParameters(known.service) };
}

/** For what a deployment holds. */
export const gatewayResponseIds = ({ cors }: Service) =>
  cors.length === 0 ? [] : responseTypes.map(gatewayResponseId);

const terraform: TerraformExport<DesiredGatewayResponse, ActualGatewayResponse> = {
  blocks: (desired, { label, actual }) => [
    {
      type: 'aws_api_gateway_gateway_response',
      label,
      attributes: {
        rest_api_id: desired.apiId,
        response_type: desired.responseType,
        response_templates: responseTemplates,
        response_parameters: desired.parameters,
      },
      importId: actual && `${actual.apiId}/${actual.responseType}`,
    },
  ],
};
