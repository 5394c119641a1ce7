import { outputFiles } from '../session/argument.ts';
import type { Context, Result } from '../session/command.ts';
import { sameStackFlags } from '../session/own-command.ts';
import { stackNames } from '../stack/names.ts';
import type { Place } from '../stack/place.ts';
import { curlScript } from './export/curl.ts';
import { type ExampleRequest, exampleRequests } from './export/examples.ts';
import { postmanCollection } from './export/postman.ts';
import type { StackFacts } from './export/stack-facts.ts';

/** A shell script of curl calls. */
export async function exportCurl(context: Context): Promise<Result> {
  const { outputs } = await (await context.session()).standingApi();
  const script = curlScript(outputs.apiUrl, {
    requests: await examples(context),
    flags: sameStackFlags(context.options),
    program: process.argv.slice(0, 2),
  });
  return { json: { ok: true, script }, text: script };
}

/** A Postman collection; with and without `--json` it is the one document on stdout. */
export async function exportPostman(context: Context): Promise<Result> {
  const { outputs } = await (await context.session()).standingApi();
  const stack = await context.stack();
  const collection = postmanCollection(outputs.apiUrl, { requests: await examples(context), stack });
  return { json: collection, text: `${JSON.stringify(collection, null, 2)}\n` };
}

async function examples(context: Context): Promise<ExampleRequest[]> {
  const service = await context.service({ values: false });
  return exampleRequests(service, stackNames(await context.stack(), service).table);
}

export interface ExportStackOptions {
  /** Where to write the first function's code; that of others goes beside it. */
  zip?: string;
}

const defaultZipFile = 'function.zip';

/** A shell script that makes the stack by the AWS CLI. */
export async function exportAwsCli(context: Context, options: ExportStackOptions): Promise<Result> {
  const [{ awsCliScript }, facts, zipFiles] = await stackExport(context, options, import('./export/aws-cli.ts'));
  const { recordCalls } = await import('./export/record-calls.ts');
  const script = awsCliScript(facts, { ...(await recordCalls(context, facts)), zipFiles });
  return { json: { ok: true, script }, text: script };
}

/** A Terraform configuration of the stack. */
export async function exportTerraform(context: Context, options: ExportStackOptions): Promise<Result> {
  const [{ terraformConfiguration }, facts, zipFiles] = await stackExport(
    context,
    options,
    import('./export/terraform.ts'),
  );
  const configuration = await terraformConfiguration(facts, { zipFiles });
  return { json: { ok: true, configuration }, text: configuration };
}

export interface ExportPolicyOptions {
  /** The 12 digits of an AWS account, where that is not to be asked. */
  account?: string;
}

/** The least IAM policy by which somebody can bring the stack up, operate it and take it down. With `--account` nothing is asked. */
export async function exportIamPolicy(context: Context, { account }: ExportPolicyOptions): Promise<Result> {
  const [{ iamPolicy }, place, stack, service] = await Promise.all([
    import('./export/iam-policy.ts'),
    account === undefined ? callersPlace(context) : placeIn(context, account),
    context.stack(),
    context.service({ values: false }),
  ]);
  context.ui.note(
    'API Gateway and Cognito choose the ids of what they create: these two are narrowed only to the region.',
  );
  const policy = iamPolicy({ place, stack, service });
  return { json: policy, text: `${JSON.stringify(policy, null, 2)}\n` };
}

async function callersPlace(context: Context): Promise<Place> {
  const { partition, region, accountId } = await context.aws();
  return { partition, region, accountId };
}

async function placeIn(context: Context, accountId: string): Promise<Place> {
  const { region } = await context.choice();
  const [, special] = /^(cn|us-gov|eusc)-/.exec(region) ?? [];
  return { partition: special === undefined ? 'aws' : `aws-${special}`, region, accountId };
}

async function stackExport<Format>(
  context: Context,
  { zip }: ExportStackOptions,
  format: Promise<Format>,
): Promise<[Format, StackFacts, Map<string, string>]> {
  const [{ stackFacts }, { zipFilesOf, writeZipFiles }] = await Promise.all([
    import('./export/stack-facts.ts'),
    import('./export/zip-files.ts'),
    // Before anything starts; the others' code goes into the same folder.
    outputFiles(context, { report: zip }, { report: '--zip' }),
  ]);
  const facts = await stackFacts(context);
  const zipFiles = zipFilesOf(facts, zip ?? defaultZipFile);
  if (zip === undefined) {
    const files = [...zipFiles.values()].join(', ');
    context.ui.note(`It expects the functions' code in ${files}; --zip ${defaultZipFile} writes it.`);
  } else {
    await writeZipFiles(facts, { zipFiles, folder: context.cwd });
  }
  return [await format, facts, zipFiles];
}
