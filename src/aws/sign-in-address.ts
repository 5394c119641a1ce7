import { type HttpResponse, header } from '../endpoint/http.ts';
import type { Aws } from './aws.ts';
import { probe } from './probe.ts';

/**
 * The base URLs at which a domain's pages may be served. AWS has one; so has the embedded engine, the first of those that endpoints have:
 * LocalStack's are the second (https://docs.localstack.cloud/aws/services/cognito), MiniStack's the third
 * (https://github.com/ministackorg/ministack/pull/344). moto and floci have none (https://github.com/floci-io/floci/issues/4218).
 */
function baseUrls(aws: Aws, prefix: string): string[] {
  const { endpoint } = aws;
  if (endpoint === undefined) {
    // GovCloud has the FIPS host alone: aws/aws-cdk#20182.
    const auth = aws.partition === 'aws-us-gov' ? 'auth-fips' : 'auth';
    return [`https://${prefix}.${auth}.${aws.region}.amazoncognito.com`];
  }
  const own = `${endpoint}/_aws/cognito-domain/${prefix}`;
  return aws.targetKind === 'local' ? [own] : [own, `${endpoint}/_aws/cognito-idp`, endpoint];
}

/** Where a domain's pages are served; null: nowhere. `login`: the sign-in page's query. Nothing is asked where there is one such place. */
export async function findDomainUrl(aws: Aws, prefix: string, login: string): Promise<string | null> {
  const urls = baseUrls(aws, prefix);
  if (urls.length === 1) return urls[0] ?? null;
  const served = await Promise.all(urls.map((url) => servesPages(aws, `${url}/login?${login}`)));
  return urls.find((_, at) => served[at]) ?? null;
}

async function servesPages(aws: Aws, url: string): Promise<boolean> {
  const answer = await probe(aws, { method: 'GET', url }).catch(() => undefined);
  return answer !== undefined && isPage(answer);
}

/** A page, though it be one that says what is wrong with the request, or the way to one; where there are none, S3's XML answers, or a 404. */
function isPage(response: HttpResponse): boolean {
  const { status } = response;
  if (status >= 300 && status < 400) return header(response, 'location') !== undefined;
  return (status < 300 || status === 400) && (header(response, 'content-type') ?? '').startsWith('text/html');
}
