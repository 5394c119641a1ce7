import type { DesiredRole } from '../../aws/role.ts';
import type { Context } from '../../session/command.ts';
import { stackSettings } from '../../session/stack-settings.ts';
import { domainId } from '../../stack/definitions/domain.ts';
import { roleId } from '../../stack/definitions/role.ts';
import { loopbackCallbacks } from '../../stack/loopback-callbacks.ts';
import {
  apiNameIn,
  authorizerNameIn,
  clientNameIn,
  policyNameIn,
  poolNameIn,
  roleNameIn,
  type StackNames,
  stackNames,
} from '../../stack/names.ts';
import type { Place } from '../../stack/place.ts';
import { readAll } from '../../stack/read.ts';
import { tutorialName } from '../../stack/service.ts';
import { type SettingValues, stackTags } from '../../stack/settings.ts';
import { begin } from '../../stack/stack.ts';
import type { ResourceType } from '../../stack/types.ts';

/** Everything about a stack that another tool needs to make the same. */
export interface StackFacts {
  stack: string;
  place: Place;
  names: StackNames & {
    role: string;
    policy: string;
    api: string;
    path: string;
    stage: string;
    pool: string;
    client: string;
    authorizer: string;
  };
  settings: SettingValues;
  role: Pick<DesiredRole, 'trust' | 'policy'>;
  domainPrefix: string;
  callbackUrls: string[];
  tags(type: ResourceType): Record<string, string>;
}

/** As the settings say, and as what stands remembers of earlier ones. Makes no mutating call. */
export async function stackFacts(context: Context): Promise<StackFacts> {
  const [aws, asked] = await Promise.all([context.aws(), stackSettings(context, {})]);
  const run = begin(aws, { settings: asked, signal: context.signal, onEvent: () => undefined });
  await readAll(run);
  const { place, stack, settings } = run.known;
  const nodeOf = (id: string) => run.graph.find((node) => node.id === id);
  const role = (await nodeOf(roleId(tutorialName))?.desired(run.known)) as DesiredRole;
  return {
    stack,
    place: { partition: place.partition, region: place.region, accountId: place.accountId },
    names: {
      ...stackNames(stack),
      role: roleNameIn(stack, tutorialName),
      policy: policyNameIn(stack, tutorialName),
      api: apiNameIn(stack),
      path: 'DynamoDBManager',
      stage: run.known.service.stage,
      pool: poolNameIn(stack),
      client: clientNameIn(stack),
      authorizer: authorizerNameIn(stack),
    },
    settings: settings(),
    role,
    domainPrefix: nodeOf(domainId)?.name(run.known) ?? '',
    callbackUrls: [...new Set([...settings().callbackUrls, ...loopbackCallbacks])],
    tags: (type) => stackTags(type, stack, settings()),
  };
}
