import { stackNames } from '../stack/names.ts';
import { sameStackFlags } from './announce.ts';
import type { Context, Result } from './command.ts';
import { curlScript } from './export/curl.ts';
import { postmanCollection } from './export/postman.ts';
import { standingStack } from './outputs.ts';

/** A shell script of curl calls. */
export async function exportCurl(context: Context): Promise<Result> {
  const { outputs } = await standingStack(context);
  const tableName = stackNames(await context.stack()).table;
  const script = curlScript(outputs.apiUrl, { tableName, flags: sameStackFlags(context) });
  return { json: { ok: true, script }, text: script };
}

/** A Postman collection; with and without `--json` it is the one document on stdout. */
export async function exportPostman(context: Context): Promise<Result> {
  const { outputs } = await standingStack(context);
  const stack = await context.stack();
  const collection = postmanCollection(outputs.apiUrl, { tableName: stackNames(stack).table, stack });
  return { json: collection, text: `${JSON.stringify(collection, null, 2)}\n` };
}
