import { Lambda } from '@aws-sdk/client-lambda';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type LambdaFixture, startLambda } from './function.ts';

let fixture: LambdaFixture;
let lambda: Lambda;

beforeAll(async () => {
  fixture = await startLambda();
  lambda = new Lambda({ ...fixture.engine.clientConfig, maxAttempts: 1 });
});
afterAll(() => fixture?.engine.stop());

describe('log levels', () => {
  it('are INFO for JSON logs, as set afterwards, and gone with the format', async () => {
    await fixture.create('levels', 'exports.handler = async () => 1;', { LoggingConfig: { LogFormat: 'JSON' } });
    const FunctionName = 'levels';
    const logging = async () => (await lambda.getFunctionConfiguration({ FunctionName })).LoggingConfig;
    const json = { LogFormat: 'JSON', LogGroup: '/aws/lambda/levels' } as const;
    expect(await logging()).toEqual({ ...json, ApplicationLogLevel: 'INFO', SystemLogLevel: 'INFO' });
    const set = (LoggingConfig: object) => lambda.updateFunctionConfiguration({ FunctionName, LoggingConfig });
    await set({ ApplicationLogLevel: 'WARN' });
    expect(await logging()).toEqual({ ...json, ApplicationLogLevel: 'WARN', SystemLogLevel: 'INFO' });
    await set({ LogFormat: 'Text' });
    expect(await logging()).toEqual({ ...json, LogFormat: 'Text' });
    await set({ LogFormat: 'JSON' });
    expect(await logging()).toEqual({ ...json, ApplicationLogLevel: 'INFO', SystemLogLevel: 'INFO' });
  });

  it('decide which lines a function and Lambda itself write', async () => {
    const text = 'exports.handler = async () => { console.debug("d"); console.info("i"); console.error("e"); };';
    const written = async (name: string, LoggingConfig: object) => {
      // Of no newer Node than this one, which would be said.
      await fixture.create(name, text, { Runtime: 'nodejs20.x', LoggingConfig });
      const lines = (await fixture.invoke(name)).log.trim().split('\n');
      return lines.map((line) => JSON.parse(line)).map(({ type, message }) => type ?? message);
    };
    expect(await written('usual', { LogFormat: 'JSON' })).toEqual(['platform.start', 'i', 'e', 'platform.report']);
    expect(await written('quiet', { LogFormat: 'JSON', ApplicationLogLevel: 'ERROR', SystemLogLevel: 'WARN' })).toEqual(
      ['e'],
    );
    expect(await written('loud', { LogFormat: 'JSON', ApplicationLogLevel: 'TRACE' })).toContain('d');
  });
});
