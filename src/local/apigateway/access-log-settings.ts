import type { AccessLogSettings, PatchOperation } from '@aws-sdk/client-api-gateway';
import { AwsError } from '../service.ts';
import { refuseUnserved } from './records.ts';

const paths = ['/accessLogSettings/destinationArn', '/accessLogSettings/format'];

/** Recorded (2026): localstack `apigateway/test_apigateway_api` test_stage_access_log_settings_validation. */
export function checkAccessLogPatch(operations: PatchOperation[] = []): void {
  const set = operations.filter(({ op, path }) => op !== 'remove' && path?.startsWith('/accessLogSettings'));
  if (set.some(({ path = '' }) => !paths.includes(path))) {
    throw invalid(`Invalid accessLogSettings path. Must be one of : [${paths.join(', ')}]`);
  }
  if (set.some(({ value }) => !value)) throw invalid('Access Log value must not be empty');
}

/** Throws AwsError BadRequestException. Source of the format's rules: docs/aws-facts.md#fact-11-21. */
export function checkAccessLogs(
  { destinationArn, format }: AccessLogSettings,
  here: { region: string; accountId: string },
): void {
  if (destinationArn !== undefined) {
    const { region, accountId } = readLogGroupArn(destinationArn) ?? {};
    const isHere = region === here.region && accountId === here.accountId;
    refuseUnserved({
      [`access logs anywhere but in a log group of this account and region (${destinationArn})`]: !isHere,
    });
  }
  if (format === undefined) return;
  if (/[\r\n]/.test(format.replace(/\r?\n$/, ''))) {
    throw invalid(
      `Access Log format must be single line, new line character is allowed only at end of the format: '${format}'`,
    );
  }
  if (!/\$(context|\{context)\.(requestId|extendedRequestId)\b/.test(format)) {
    throw invalid(
      `Access Log format must include either $context.requestId or $context.extendedRequestId : '${format}'`,
    );
  }
}

/** What a log group's ARN says, with `:*` at its end or without. */
export function readLogGroupArn(arn: string): { region: string; accountId: string; group: string } | undefined {
  const [, region, accountId, group] =
    /^arn:aws[a-z-]*:logs:([a-z0-9-]+):(\d{12}):log-group:([\w./#-]+)(?::\*)?$/.exec(arn) ?? [];
  return region === undefined || accountId === undefined || group === undefined
    ? undefined
    : { region, accountId, group };
}

const invalid = (message: string) => new AwsError('BadRequestException', message);
