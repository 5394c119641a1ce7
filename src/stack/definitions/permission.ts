import { type ActualPermission, type DesiredPermission, granted, permission } from '../../aws/permission.ts';
import { functionNameIn } from '../names.ts';
import { type Node, type NodeId, node, type TerraformExport, unknownId } from '../node.ts';
import { invokeSource } from '../place.ts';
import { type Route, routeName, type Service } from '../service.ts';
import { apiId } from './api.ts';
import { functionId } from './function.ts';

export const permissionId = (functionName: string): NodeId<ActualPermission> => `permission:${functionName}`;

/** What lets the API invoke each function that has a route. */
export function permissions({ functions, routes }: Service): Node[] {
  return functions.flatMap((spec) => {
    const own = routes.filter((route) => route.function === spec.name);
    if (own.length === 0) return [];
    return node<DesiredPermission, ActualPermission>({
      id: permissionId(spec.name),
      type: 'permission',
      inside: functionId(spec.name),
      readsAlone: true,
      after: [functionId(spec.name), apiId],
      name: () => 'api-gateway',
      key: (known) => ({
        functionName: functionNameIn(known.stack, spec.name),
        statementId: 'dynops-api-gateway',
        sourceArn: invokeSource(known.place, {
          apiId: known.actual(apiId)?.apiId ?? unknownId,
          route: sourceOf(own),
        }),
      }),
      resource: permission,
      terraform,
      consoleStep: 'Lambda → the function → Configuration → Permissions → Resource-based policy → Add permissions',
    });
  });
}

/** The one route, or the pattern that all of them match. */
function sourceOf(routes: readonly Route[]): string {
  const [only, ...more] = routes;
  return only && more.length === 0 && !/[{]|^ANY /.test(routeName(only)) ? `${only.method}${only.path}` : '*';
}

const terraform: TerraformExport<DesiredPermission, ActualPermission> = {
  blocks: (desired, { label, actual }) => [
    {
      type: 'aws_lambda_permission',
      label,
      attributes: {
        statement_id: desired.statementId,
        action: granted.action,
        function_name: desired.functionName,
        principal: granted.principal,
        source_arn: desired.sourceArn,
      },
      importId: actual && `${actual.functionName}/${actual.statementId}`,
    },
  ],
};
