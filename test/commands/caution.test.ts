import { GetAccountSettingsCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { expect, it } from 'vitest';
import type { FunctionSettings } from '../../src/aws/function-settings.ts';
import { cautionOnAws } from '../../src/commands/load/caution.ts';
import { shapeOf } from '../../src/commands/load/plan.ts';
import type { Context } from '../../src/session/command.ts';
import { mockAws } from '../aws/mocks.ts';
import { mockClient } from '../mock-client.ts';

const settings: FunctionSettings = {
  name: 'f',
  memoryMb: 128,
  architecture: 'arm64',
  runtime: 'nodejs24.x',
  timeoutSeconds: 3,
  tracing: false,
};

it('each trial is priced at its own memory', async () => {
  mockClient(LambdaClient).on(GetAccountSettingsCommand).resolves({});
  const said: string[] = [];
  const context = {
    choice: async () => ({ kind: 'aws' }),
    aws: () => mockAws(),
    options: { yes: true },
    ui: { warn: (line: string) => said.push(line) },
  } as unknown as Context;
  const dollars = async (...sizes: number[]) => {
    const trials = sizes.map((memoryMb) => ({ ...settings, memoryMb }));
    await cautionOnAws(context, { shape: shapeOf({ users: 100, duration: 600_000 }), trials });
    return Number(/\$(\d+\.\d+)/.exec(said.at(-1) ?? '')?.[1]);
  };
  const [small, large] = [await dollars(128), await dollars(10_240)];
  expect(large).toBeGreaterThan(small);
  expect(await dollars(128, 10_240)).toBeCloseTo(small + large, 1);
});
