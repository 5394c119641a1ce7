import { writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Context, Result } from '../session/command.ts';
import { sameStackFlags } from '../session/own-command.ts';
import { stackNames } from '../stack/names.ts';
import { curlScript } from './export/curl.ts';
import { postmanCollection } from './export/postman.ts';
import type { StackFacts } from './export/stack-facts.ts';

/** A shell script of curl calls. */
export async function exportCurl(context: Context): Promise<Result> {
  const { outputs } = await (await context.session()).standing();
  const tableName = stackNames(await context.stack()).table;
  const script = curlScript(outputs.apiUrl, { tableName, flags: sameStackFlags(context.options) });
  return { json: { ok: true, script }, text: script };
}

/** A Postman collection; with and without `--json` it is the one document on stdout. */
export async function exportPostman(context: Context): Promise<Result> {
  const { outputs } = await (await context.session()).standing();
  const stack = await context.stack();
  const collection = postmanCollection(outputs.apiUrl, { tableName: stackNames(stack).table, stack });
  return { json: collection, text: `${JSON.stringify(collection, null, 2)}\n` };
}

export interface ExportStackOptions {
  /** Where to write the function's code. */
  zip?: string;
}

const defaultZipFile = 'function.zip';

/** A shell script that makes the stack by the AWS CLI. */
export async function exportAwsCli(context: Context, options: ExportStackOptions): Promise<Result> {
  const [{ awsCliScript }, facts, zipFile] = await stackExport(context, options, import('./export/aws-cli.ts'));
  const { recordCalls } = await import('./export/record-calls.ts');
  const script = awsCliScript(facts, { ...(await recordCalls(context, facts)), zipFile });
  return { json: { ok: true, script }, text: script };
}

/** A Terraform configuration of the stack. */
export async function exportTerraform(context: Context, options: ExportStackOptions): Promise<Result> {
  const [{ terraformConfiguration }, facts, zipFile] = await stackExport(
    context,
    options,
    import('./export/terraform.ts'),
  );
  const configuration = await terraformConfiguration(facts, { zipFile });
  return { json: { ok: true, configuration }, text: configuration };
}

async function stackExport<Format>(
  context: Context,
  { zip }: ExportStackOptions,
  format: Promise<Format>,
): Promise<[Format, StackFacts, string]> {
  const { stackFacts } = await import('./export/stack-facts.ts');
  const facts = await stackFacts(context);
  if (zip === undefined) {
    context.ui.note(`It expects the function's code in ${defaultZipFile}; --zip ${defaultZipFile} writes it.`);
  } else {
    const { readFunctionCode } = await import('../stack/code.ts');
    await writeFile(resolve(context.cwd, zip), (await readFunctionCode()).zip);
  }
  return [await format, facts, zip ?? defaultZipFile];
}
