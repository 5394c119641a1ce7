import { afterAll, beforeAll, expect, it } from 'vitest';
import { type GatewayFixture, startGateway } from './api-fixture.ts';

/** Integrations whose URI names a version or an alias of their function. */

let fixture: GatewayFixture;
let arn: string;
beforeAll(async () => {
  fixture = await startGateway();
  const source = 'exports.handler = async (event, context) => [context.functionVersion, context.invokedFunctionArn];';
  arn = await fixture.createFunction('qualified', { source });
  await fixture.lambda.publishVersion({ FunctionName: 'qualified' });
  await fixture.lambda.updateFunctionConfiguration({ FunctionName: 'qualified', Description: 'two' });
  await fixture.lambda.publishVersion({ FunctionName: 'qualified' });
  await fixture.lambda.createAlias({ FunctionName: 'qualified', Name: 'live', FunctionVersion: '1' });
});
afterAll(() => fixture?.engine.stop());

const allow = (Qualifier: string, SourceArn?: string) =>
  fixture.lambda.addPermission({
    FunctionName: 'qualified',
    Qualifier,
    StatementId: 'gateway',
    Action: 'lambda:InvokeFunction',
    Principal: 'apigateway.amazonaws.com',
    ...(SourceArn && { SourceArn }),
  });

it.each(['live', '2'])('%s is called with a permission of its own', async (qualifier) => {
  const { call, restApiId } = await fixture.makeApi({
    '/named': { integration: { uri: fixture.uriOf(`${arn}:${qualifier}`) } },
    '/plain': { integration: { uri: fixture.uriOf(arn) } },
  });
  // The function's own is not that of its versions and aliases.
  expect((await call('/named')).status).toBe(500);
  expect(JSON.parse((await call('/plain')).body)).toEqual(['$LATEST', arn]);
  await allow(qualifier, `arn:aws:execute-api:us-east-1:000000000000:${restApiId}/*/POST/named`);
  const version = qualifier === 'live' ? '1' : qualifier;
  expect(JSON.parse((await call('/named')).body)).toEqual([version, `${arn}:${qualifier}`]);
});

it('a stage variable can name the alias', async () => {
  const { call, restApiId } = await fixture.makeApi({
    '/': { integration: { uri: fixture.uriOf(`${arn}:\${stageVariables.alias}`) } },
  });
  const variables = (value: string) =>
    fixture.gateway.updateStage({
      restApiId,
      stageName: 'prod',
      patchOperations: [{ op: 'replace', path: '/variables/alias', value }],
    });
  await fixture.lambda.createAlias({ FunctionName: 'qualified', Name: 'green', FunctionVersion: '2' });
  await allow('green');
  await variables('green');
  expect(JSON.parse((await call('/')).body)).toEqual(['2', `${arn}:green`]);
  await fixture.lambda.updateAlias({ FunctionName: 'qualified', Name: 'green', FunctionVersion: '1' });
  expect(JSON.parse((await call('/')).body)).toEqual(['1', `${arn}:green`]);
  await variables('absent');
  expect((await call('/')).status).toBe(500);
});
