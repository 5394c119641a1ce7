import { createHmac, hash } from 'node:crypto';

export interface Credentials {
  accessKeyId: string;
  secretAccessKey: string;
  sessionToken: string | undefined;
}

export interface SignedRequest {
  host: string;
  region: string;
  headers: Record<string, string>;
  body: string;
  now: Date;
}

/**
 * Makes the headers of POSTs to DynamoDB's only path, with AWS's Signature Version 4. The key of a day, region and secret is made once.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
 */
export function createSigner(): (credentials: Credentials, request: SignedRequest) => Record<string, string> {
  let known: { secretAccessKey: string; scope: string; key: string | Buffer } | undefined;
  return (credentials, request) => {
    const { secretAccessKey } = credentials;
    const scope = `${timeOf(request).slice(0, 8)}/${request.region}/dynamodb/aws4_request`;
    if (known?.scope !== scope || known.secretAccessKey !== secretAccessKey) {
      const key = scope.split('/').reduce<string | Buffer>(hmac, `AWS4${secretAccessKey}`);
      known = { secretAccessKey, scope, key };
    }
    return sign(credentials, request, known);
  };
}

const timeOf = ({ now }: SignedRequest): string => now.toISOString().replace(/[-:]|\.\d+/g, '');

function sign(
  credentials: Credentials,
  request: SignedRequest,
  { scope, key }: { scope: string; key: string | Buffer },
): Record<string, string> {
  const time = timeOf(request);
  const headers: Record<string, string> = {
    ...request.headers,
    host: request.host,
    'x-amz-date': time,
    ...(credentials.sessionToken && { 'x-amz-security-token': credentials.sessionToken }),
  };
  const names = Object.keys(headers).sort();
  const lines = names.map((name) => `${name}:${headers[name]}\n`).join('');
  const canonical = ['POST', '/', '', lines, names.join(';'), sha256(request.body)].join('\n');
  const signature = hmac(key, ['AWS4-HMAC-SHA256', time, scope, sha256(canonical)].join('\n')).toString('hex');
  return {
    ...headers,
    authorization: `AWS4-HMAC-SHA256 Credential=${credentials.accessKeyId}/${scope}, SignedHeaders=${names.join(';')}, Signature=${signature}`,
  };
}

const hmac = (key: string | Buffer, text: string): Buffer => createHmac('sha256', key).update(text).digest();
const sha256 = (text: string): string => hash('sha256', text, 'hex');
