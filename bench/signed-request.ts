import { createHash, createHmac } from 'node:crypto';

const region = 'us-east-1';
const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');
const hmac = (key: Buffer | string, text: string) => createHmac('sha256', key).update(text).digest();

/** A DynamoDB call as bytes, signed (Signature Version 4) for the next minutes. */
export function signedRequest(
  { accessKeyId, secretAccessKey }: { accessKeyId: string; secretAccessKey: string },
  { port, operation, input }: { port: number; operation: string; input: object },
): Buffer {
  const body = JSON.stringify(input);
  const host = `127.0.0.1:${port}`;
  const date = new Date().toISOString().replace(/[-:]|\.\d{3}/g, '');
  const day = date.slice(0, 8);
  const target = `DynamoDB_20120810.${operation}`;
  const names = 'content-type;host;x-amz-date;x-amz-target';
  const headers = `content-type:application/x-amz-json-1.0\nhost:${host}\nx-amz-date:${date}\nx-amz-target:${target}\n`;
  const scope = `${day}/${region}/dynamodb/aws4_request`;
  const canonical = `POST\n/\n\n${headers}\n${names}\n${sha256(body)}`;
  const key = [day, region, 'dynamodb', 'aws4_request'].reduce<Buffer | string>(hmac, `AWS4${secretAccessKey}`);
  const signature = hmac(key, `AWS4-HMAC-SHA256\n${date}\n${scope}\n${sha256(canonical)}`).toString('hex');
  const authorization = `AWS4-HMAC-SHA256 Credential=${accessKeyId}/${scope}, SignedHeaders=${names}, Signature=${signature}`;
  const lines = [
    'POST / HTTP/1.1',
    `host: ${host}`,
    'content-type: application/x-amz-json-1.0',
    `x-amz-date: ${date}`,
    `x-amz-target: ${target}`,
    `authorization: ${authorization}`,
    `content-length: ${Buffer.byteLength(body)}`,
  ];
  return Buffer.from(`${lines.join('\r\n')}\r\n\r\n${body}`);
}
