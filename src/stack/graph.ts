import type { ResourceType } from '../resource-types.ts';
import { api } from './definitions/api.ts';
import { authorizer } from './definitions/authorizer.ts';
import { client } from './definitions/client.ts';
import { domain } from './definitions/domain.ts';
import { functions } from './definitions/function.ts';
import { gatewayResponses } from './definitions/gateway-response.ts';
import { logGroups } from './definitions/log-group.ts';
import { methods } from './definitions/method.ts';
import { permissions } from './definitions/permission.ts';
import { pool } from './definitions/pool.ts';
import { roles } from './definitions/role.ts';
import { smsRole } from './definitions/sms-role.ts';
import { stage } from './definitions/stage.ts';
import { tables } from './definitions/table.ts';
import { user } from './definitions/user.ts';
import type { Node } from './node.ts';
import type { Service } from './service.ts';

/** How each type of resource follows from a service, in the tutorial's order. */
const definitions: { [Type in ResourceType]: (service: Service) => Node | Node[] } = {
  role: roles,
  table: tables,
  'log-group': logGroups,
  function: functions,
  api,
  'sms-role': smsRole,
  pool,
  client,
  domain,
  user,
  authorizer,
  method: methods,
  'gateway-response': gatewayResponses,
  permission: permissions,
  stage,
};

/** Every resource of a service's stack. */
export function graphOf(service: Service): Node[] {
  return Object.values(definitions).flatMap((define) => define(service));
}
