import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { startEngine } from '../start-engine.ts';

const run = promisify(execFile);
const installed = await run('python3', ['-c', 'import boto3']).then(
  () => true,
  () => false,
);

describe.skipIf(!installed)(
  `boto3 against the engine${installed ? '' : ' (skipped: needs python3 with boto3)'}`,
  () => {
    it('creates, reads back, calls, updates and deletes every resource type', async () => {
      const engine = await startEngine();
      try {
        const script = fileURLToPath(new URL('./boto3_client.py', import.meta.url));
        const { stdout } = await run('python3', [script, engine.endpoint], {
          env: {
            PATH: process.env.PATH,
            HOME: engine.dataDir,
            AWS_ACCESS_KEY_ID: engine.credentials.accessKeyId,
            AWS_SECRET_ACCESS_KEY: engine.credentials.secretAccessKey,
            AWS_DEFAULT_REGION: engine.region,
          },
        });
        expect(JSON.parse(stdout)).toEqual({
          roleTags: [{ Key: 'made-by', Value: 'boto3' }],
          trustRoundTrip: true,
          policyRoundTrip: true,
          roleTwice: 'EntityAlreadyExists',
          roleWithPolicy: 'DeleteConflict',
          numberExact: true,
          tableTwice: 'ResourceInUseException',
          invoked: { saw: { a: 1 }, memory: '128' },
          asEvent: [202, 204],
          eventTooLarge: 'RequestEntityTooLargeException',
          memory: 256,
          functionTwice: 'ResourceConflictException',
          challenge: 'NEW_PASSWORD_REQUIRED',
          wrongPassword: 'NotAuthorizedException',
          withToken: [200, { saw: { b: 2 }, memory: '256' }],
          withoutToken: [401, { message: 'Unauthorized' }],
          withAccessToken: [401, { message: 'Unauthorized' }],
          poolWithDomain: 'InvalidParameterException',
          left: [0, 0, 0, 0, 0],
        });
      } finally {
        await engine.stop();
      }
    });
  },
);
