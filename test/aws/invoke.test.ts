import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { afterEach, describe, expect, it } from 'vitest';
import { invokeFunction } from '../../src/aws/invoke.ts';
import { mockClient } from '../mock-client.ts';
import { inputs, mockAws, socketError } from './mocks.ts';

const lambda = mockClient(LambdaClient);
afterEach(() => lambda.reset());

const what = { functionName: 'demo', payload: '{"name":"Zoë"}', timeoutSeconds: 10 };

describe('invoke', () => {
  it('hands over UTF-8 and the decoded end of the log; a function’s error is an answer', async () => {
    lambda.on(InvokeCommand).resolves({
      StatusCode: 200,
      FunctionError: 'Unhandled',
      Payload: Buffer.from('{"errorMessage":"ü"}') as never,
      LogResult: Buffer.from('REPORT …').toString('base64'),
    });
    expect(await invokeFunction(await mockAws(), what)).toEqual({
      payload: '{"errorMessage":"ü"}',
      functionError: 'Unhandled',
      logTail: 'REPORT …',
    });
    expect(inputs(lambda, 'Invoke')).toEqual([
      { FunctionName: 'demo', Payload: Buffer.from(what.payload), LogType: 'Tail' },
    ]);
  });

  it('does not run the function twice when the answer is lost', async () => {
    lambda.on(InvokeCommand).rejects(socketError('ECONNRESET'));
    await expect(invokeFunction(await mockAws(), what)).rejects.toMatchObject({
      code: 'AnswerLost',
      facts: { mayHaveRun: true },
    });
    expect(lambda.calls()).toHaveLength(1);
  });
});
