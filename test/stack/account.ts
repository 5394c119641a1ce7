import { setTimeout as sleep } from 'node:timers/promises';
import { type Aws, connect } from '../../src/aws/aws.ts';
import type { CallRecord } from '../../src/aws/call.ts';
import type { StackSettings } from '../../src/stack/settings.ts';
import { down, plan, status, type UpOptions, up } from '../../src/stack/stack.ts';
import type { StackEvent } from '../../src/stack/types.ts';
import type { TestEngine } from '../start-engine.ts';

export const password = 'secret-1';

/** One command's run against an engine, and what it did. */
export interface Session {
  aws: Aws;
  calls: CallRecord[];
  events: StackEvent[];
  /** For what takes an `up`'s options itself. */
  options: UpOptions;
  up(options?: Partial<UpOptions>): ReturnType<typeof up>;
  plan(settings?: Partial<StackSettings>): ReturnType<typeof plan>;
  status(settings?: Partial<StackSettings>): ReturnType<typeof status>;
  down(options?: { keepData?: boolean; stack?: string }): ReturnType<typeof down>;
  mutations(): string[];
}

export async function open(
  engine: TestEngine,
  how: { stack?: string; endpoint?: string; signal?: AbortSignal; region?: string } = {},
): Promise<Session> {
  const { stack = 'default', endpoint = engine.endpoint, signal = new AbortController().signal } = how;
  const calls: CallRecord[] = [];
  const events: StackEvent[] = [];
  const { credentials } = engine;
  const { region = engine.region } = how;
  const aws = await connect({
    target: { kind: 'endpoint', endpoint, region, credentials, profile: undefined },
    signal,
    onCall: (call) => calls.push(call),
    sleep: (ms) => sleep(Math.min(ms, 20)),
  });
  const common = { onEvent: (event: StackEvent) => events.push(event), signal };
  const base = { stack };
  const options: UpOptions = {
    ...common,
    settings: base,
    password: async () => password,
    adopt: false,
    replace: [],
  };
  return {
    aws,
    calls,
    events,
    options,
    up: ({ settings, ...rest } = {}) => up(aws, { ...options, settings: { ...base, ...settings }, ...rest }),
    plan: (settings) => plan(aws, { ...common, settings: { ...base, ...settings } }),
    status: (settings) => status(aws, { ...common, settings: { ...base, ...settings } }),
    down: ({ keepData = false, stack: other = stack } = {}) =>
      down(aws, { ...common, settings: { stack: other }, keepData }),
    mutations: () =>
      calls
        .filter(({ operation }) => !/^(Admin)?(Get|List|Describe)/.test(operation))
        .map(({ operation }) => operation),
  };
}

/** Resource type → what was done to it. */
export function actions(report: { resources: { type: string; action: string }[] }): Record<string, string> {
  return Object.fromEntries(report.resources.map(({ type, action }) => [type, action]));
}
