import { stageUrl } from '../aws/api-address.ts';
import { tableNameIn } from '../stack/names.ts';
import { type Service, tableVariable } from '../stack/service.ts';
import type { StackReport } from '../stack/types.ts';
import type { Context } from './command.ts';

/** What a program needs to use a stack: addresses, credentials, a token and the tables' names. */
export async function programEnvironment(
  context: Context,
  { report, service }: { report: StackReport; service: Service },
): Promise<Record<string, string>> {
  const [target, stack] = await Promise.all([context.target(), context.stack()]);
  const { idToken } = await (await context.session()).tokens();
  const { endpoint, credentials, region } = target;
  const tables = service.tables.map(({ name }) => [tableVariable(name), tableNameIn(stack, name)]);
  return {
    ...(endpoint && { AWS_ENDPOINT_URL: endpoint }),
    ...(credentials && {
      AWS_ACCESS_KEY_ID: credentials.accessKeyId,
      AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
    }),
    AWS_REGION: region,
    AWS_DEFAULT_REGION: region,
    API_URL: report.apiUrl === null ? '' : stageUrl(report.apiUrl),
    ID_TOKEN: idToken,
    USER_POOL_ID: report.userPoolId ?? '',
    CLIENT_ID: report.clientId ?? '',
    ...Object.fromEntries(tables),
  };
}
