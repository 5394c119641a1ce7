import { describe, expect, it } from 'vitest';
import { AwsError } from '../../../src/local/service.ts';
import { findCatalog } from '../../../src/local/services.ts';
import { writeError } from '../../../src/local/wire/answers.ts';

async function errorDocument(service: string, error: AwsError) {
  const catalog = await findCatalog(undefined, service);
  if (!catalog) throw new Error(service);
  const { protocol } = catalog.service;
  const { status, headers, body } = writeError({ protocol, catalog, error, requestId: 'r' });
  return { status, headers: Object.fromEntries(headers), document: JSON.parse(String(body)) };
}

describe('an error document has the members of the error that it is', () => {
  it.each<[string, string, number, object]>([
    ['lambda', 'ResourceNotFoundException', 404, { Type: 'User', Message: 'm' }],
    ['lambda', 'InvalidParameterValueException', 400, { Type: 'User', message: 'm' }],
    ['lambda', 'ServiceException', 500, { Type: 'Service', Message: 'm' }],
    ['lambda', 'ValidationException', 400, { message: 'm' }],
    ['xray', 'InvalidRequestException', 400, { Message: 'm' }],
    ['apigateway', 'NotFoundException', 404, { message: 'm' }],
    ['logs', 'ResourceNotFoundException', 400, { __type: 'ResourceNotFoundException', message: 'm' }],
    ['cognito-idp', 'UserNotFoundException', 400, { __type: 'UserNotFoundException', message: 'm' }],
  ])('%s %s', async (service, code, status, document) => {
    expect(await errorDocument(service, new AwsError(code, 'm'))).toMatchObject({ status, document });
    expect((await errorDocument(service, new AwsError(code, 'm'))).document).toEqual(document);
  });

  it('further ones where they belong: in headers too', async () => {
    const error = new AwsError('TooManyRequestsException', 'm', { members: { retryAfterSeconds: '3' } });
    expect(await errorDocument('apigateway', error)).toMatchObject({
      headers: { 'Retry-After': '3' },
      document: { message: 'm' },
    });
  });
});
