import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { type Aws, connect } from '../../src/aws/aws.ts';
import type { CallRecord } from '../../src/aws/call.ts';
import type { Existing, Resource } from '../../src/aws/resource.ts';
import type { Target } from '../../src/endpoint/target.ts';
import { mockClient } from '../mock-client.ts';

export const account = '123456789012';
export const tags = { 'dynops:stack': 'demo' };
export const ignoreWait = () => undefined;

/** An account whose SDK clients are mocked. Time stands still but for its pauses, which take none. */
export interface MockedAws extends Aws {
  pauses: number[];
  attempts: CallRecord[];
}

export async function mockAws(
  options: { target?: Partial<Target>; partition?: string; signal?: AbortSignal; nowMs?: number } = {},
): Promise<MockedAws> {
  const { partition = 'aws', signal = new AbortController().signal } = options;
  mockClient(STSClient)
    .on(GetCallerIdentityCommand)
    .resolves({ Account: account, Arn: `arn:${partition}:iam::${account}:user/ada` });
  const target: Target = {
    kind: 'aws',
    endpoint: undefined,
    region: 'eu-central-1',
    credentials: { accessKeyId: 'x', secretAccessKey: 'y' },
    profile: undefined,
    ...options.target,
  };
  let nowMs = options.nowMs ?? Date.UTC(2026, 0, 2, 3, 4, 5);
  const pauses: number[] = [];
  const attempts: CallRecord[] = [];
  const aws = await connect({
    target,
    signal,
    clock: () => nowMs,
    async sleep(ms) {
      pauses.push(ms);
      nowMs += ms;
    },
    onCall: (call) => attempts.push(call),
  });
  attempts.length = 0;
  return { ...aws, pauses, attempts };
}

/** An error as the SDK throws it where it has no class of its own. */
export function awsError(name: string, message = name, more: { status?: number; wireCode?: string } = {}): Error {
  const { status = 400, wireCode } = more;
  const $metadata = { httpStatusCode: status, requestId: 'request-1' };
  return Object.assign(new Error(message), { name, $metadata, ...(wireCode && { Code: wireCode }) });
}

/** What a Node socket reports. */
export const socketError = (code: string) => Object.assign(new Error(`connect ${code} 127.0.0.1:1`), { code });

/** A mock's `…Once` answers count from its first call: for new ones after a call, reset it first. */
interface Mock {
  calls(): { args: readonly unknown[] }[];
}

/** Every call in order: the operation and its whole input. */
export function sent(mock: Mock): [operation: string, input: unknown][] {
  return mock.calls().map(({ args: [command] }) => {
    const { input } = command as { input: unknown };
    return [(command as object).constructor.name.replace(/Command$/, ''), input];
  });
}

/** The calls that change something. */
export const written = (mock: Mock) => sent(mock).filter(([operation]) => !/^(Get|List|Describe)/.test(operation));

/** The inputs of one operation. */
export const inputs = (mock: Mock, operation: string) =>
  sent(mock)
    .filter(([name]) => name === operation)
    .map(([, input]) => input);

/** For `taggingCalls`: what of it is sent. */
export const taggedId = 'arn:of:it';
export const setTags = { 'dynops:memory': '256' };
export const removedTags = ['dynops:old'];

/** What is sent to give a resource a tag and to take one from it. */
export async function taggingCalls<Actual extends Existing>(
  { tagging }: Resource<never, Actual>,
  mock: Mock,
): Promise<[operation: string, input: unknown][]> {
  const aws = await mockAws();
  // A tagging reads no more of what stands than its id and its name.
  const actual = { id: taggedId, name: 'demo', tags: { 'dynops:old': '1', team: 'a' } } as unknown as Actual;
  await tagging?.set(aws, actual, setTags);
  await tagging?.remove(aws, actual, removedTags);
  return written(mock);
}
