import * as apigatewaySdk from '@aws-sdk/client-api-gateway';
import * as logsSdk from '@aws-sdk/client-cloudwatch-logs';
import { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import * as iamSdk from '@aws-sdk/client-iam';
import * as lambdaSdk from '@aws-sdk/client-lambda';
import * as stsSdk from '@aws-sdk/client-sts';
import { zipSync } from 'fflate';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startEngine, type TestEngine } from '../start-engine.ts';
import { apigatewayUnserved } from './facts/apigateway-unserved.ts';
import type { Answer, Fact, Scenario, Unserved } from './facts/fact.ts';
import { iam, iamUnserved } from './facts/iam.ts';
import { iamPolicies } from './facts/iam-policies.ts';
import { iamRoles } from './facts/iam-roles.ts';
import { lambda, lambdaUnserved } from './facts/lambda.ts';
import { lambdaEvents } from './facts/lambda-events.ts';
import { lambdaNames } from './facts/lambda-names.ts';
import { logs } from './facts/logs.ts';
import { sts, stsUnserved } from './facts/sts.ts';
import { readTable } from './facts/table.ts';

/** What AWS was recorded to answer, and what the engine answers to the same calls. */

interface Client {
  send(command: object): Promise<unknown>;
  destroy(): void;
}

interface Recordings {
  sdk: object;
  open(config: object): Client;
  scenarios: Scenario[];
  unserved: Unserved[];
}

const services: Record<string, Recordings> = {
  apigateway: {
    sdk: apigatewaySdk,
    open: (config) => new apigatewaySdk.APIGatewayClient(config) as Client,
    scenarios: readTable('apigateway.json'),
    unserved: apigatewayUnserved,
  },
  iam: {
    sdk: iamSdk,
    open: (config) => new iamSdk.IAMClient(config) as Client,
    scenarios: [...iam, ...iamRoles, ...iamPolicies],
    unserved: iamUnserved,
  },
  logs: {
    sdk: logsSdk,
    open: (config) => new CloudWatchLogsClient(config) as Client,
    scenarios: logs,
    unserved: [],
  },
  lambda: {
    sdk: lambdaSdk,
    open: (config) => new lambdaSdk.LambdaClient(config) as Client,
    scenarios: [
      ...lambda,
      ...lambdaEvents,
      ...lambdaNames,
      ...readTable('lambda.json'),
      ...readTable('lambda-versions.json'),
    ],
    unserved: lambdaUnserved,
  },
  sts: {
    sdk: stsSdk,
    open: (config) => new stsSdk.STSClient(config) as Client,
    scenarios: sts,
    unserved: stsUnserved,
  },
};

/** What every scenario's calls may name. */
const given = {
  role: 'arn:aws:iam::000000000000:role/conformance',
  zip: zipSync({ 'handler.py': Buffer.from('def handler(event, context):\n    return {}\n') }),
  otherZip: zipSync({ 'handler.py': Buffer.from('def handler(event, context):\n    return 1\n') }),
};

let engine: TestEngine;
const tally: string[] = [];
beforeAll(async () => {
  engine = await startEngine({ log: () => undefined });
  const roles = services.iam?.open(engine.clientConfig);
  for (const [RoleName, Principal] of [
    ['conformance', { Service: 'lambda.amazonaws.com' }],
    ['trusting', { AWS: '000000000000' }],
  ] as const) {
    const trust = { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Principal, Action: 'sts:AssumeRole' }] };
    await roles?.send(new iamSdk.CreateRoleCommand({ RoleName, AssumeRolePolicyDocument: JSON.stringify(trust) }));
  }
  roles?.destroy();
});
afterAll(async () => {
  await engine.stop();
  process.stdout.write(`${tally.join('\n')}\n`);
});

async function answerOf(
  { sdk }: Recordings,
  client: Client,
  { operation, input }: Pick<Fact, 'operation' | 'input'>,
): Promise<Answer> {
  const Command = (sdk as Record<string, new (input: object) => object>)[`${operation}Command`];
  if (!Command) throw new Error(`${operation} is not an operation`);
  try {
    const { $metadata, ...members } = (await client.send(new Command(input))) as {
      $metadata: { httpStatusCode: number };
    };
    return { status: $metadata.httpStatusCode, members };
  } catch (error) {
    const { name, Code, message, $metadata } = error as Error & {
      Code?: string;
      $metadata?: { httpStatusCode?: number };
    };
    return { status: $metadata?.httpStatusCode ?? 0, code: Code ?? name, message };
  }
}

/** `<…>` in what was recorded stands for any text; members that are not there count as members. */
function isEqual(recorded: unknown, actual: unknown): boolean {
  if (typeof recorded === 'string') {
    const text = actual instanceof Date || typeof actual === 'number' ? String(actual) : actual;
    const pattern = recorded
      .split(/<[^<>]+>/)
      .map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'))
      .join('[^]+');
    return typeof text === 'string' && new RegExp(`^${pattern}$`).test(text);
  }
  if (typeof recorded !== 'object' || recorded === null) return recorded === actual;
  // The recordings have JSON inside of strings as what it says.
  if (typeof actual === 'string') return isEqual(recorded, jsonOf(actual));
  if (typeof actual !== 'object' || actual === null) return false;
  const present = Object.entries(actual).filter(([, value]) => value !== undefined);
  const entries = Object.entries(recorded);
  return (
    entries.length === present.length &&
    entries.every(([name, value]) => isEqual(value, Object.fromEntries(present)[name]))
  );
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text === '' ? undefined : text;
  }
}

function isAsRecorded(recorded: Answer, actual: Answer): boolean {
  if (recorded.status !== actual.status) return false;
  if ('members' in recorded || 'members' in actual) return isEqual(recorded, actual);
  if (recorded.code !== actual.code) return false;
  if (typeof recorded.message === 'string') return isEqual(recorded.message, actual.message);
  const { message: violations } = recorded;
  const counted = `${violations.length} validation error${violations.length === 1 ? '' : 's'} detected: `;
  const said = String(actual.message);
  return (
    said.startsWith(counted) &&
    said.length === [counted, violations.join('; ')].join('').length &&
    violations.every((violation) => said.includes(violation))
  );
}

function filled(input: object, kept: Map<string, unknown>): object {
  const fill = (value: unknown): unknown => {
    if (typeof value === 'string') {
      const whole = /^\{\{(\w+)\}\}$/.exec(value)?.[1];
      if (whole !== undefined) return kept.get(whole);
      return value.replace(/\{\{(\w+)\}\}/g, (_, name: string) => String(kept.get(name)));
    }
    // Blobs are filled in by nobody.
    if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return value;
    if (Array.isArray(value)) return value.map(fill);
    return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, fill(member)]));
  };
  return fill(input) as object;
}

function keep(kept: Map<string, unknown>, fact: Fact, answer: Answer): void {
  for (const [name, member] of Object.entries(fact.keep ?? {})) {
    if ('members' in answer) kept.set(name, String(answer.members[member]));
  }
}

/** The lists of an answer in the order of a member of their items. */
function sorted(answer: Answer, by: string | undefined): Answer {
  if (by === undefined || !('members' in answer)) return answer;
  const members = Object.entries(answer.members).map(([name, value]) => {
    if (!Array.isArray(value)) return [name, value];
    const items = value as Record<string, unknown>[];
    return [name, items.toSorted((a, b) => (String(a[by]) < String(b[by]) ? -1 : 1))];
  });
  return { ...answer, members: Object.fromEntries(members) };
}

describe.each(Object.keys(services))('what AWS answered to calls of %s', (name) => {
  const recordings = services[name];
  if (!recordings) throw new Error(name);
  let client: Client;
  let [equal, known] = [0, 0];
  beforeAll(() => {
    client = recordings.open({ ...engine.clientConfig, maxAttempts: 1 });
  });
  afterAll(() => {
    client.destroy();
    const facts = recordings.scenarios.flatMap((scenario) => scenario.facts).filter(({ answer }) => answer);
    tally.push(`${name}: ${facts.length} recorded answers called, ${equal} equal, ${known} knowingly not:`);
    for (const { recorded, facts: of } of recordings.scenarios) {
      for (const { operation, differs } of of) if (differs) tally.push(`  ${recorded}, ${operation}: ${differs}`);
    }
    for (const { recorded, answers, why } of recordings.unserved) tally.push(`  ${answers} of ${recorded}: ${why}`);
  });

  it.each(recordings.scenarios.map((scenario) => [scenario.recorded, scenario] as const))(
    '%s',
    async (_name, scenario) => {
      for (const call of scenario.before ?? []) {
        expect(await answerOf(recordings, client, call)).toHaveProperty('members');
      }
      const wrong: object[] = [];
      const kept = new Map<string, unknown>(Object.entries(given));
      for (const fact of scenario.facts) {
        const input = filled(fact.input, kept);
        const actual = sorted(await answerOf(recordings, client, { ...fact, input }), fact.sortedBy);
        keep(kept, fact, actual);
        if (!fact.answer) {
          expect(actual, `${fact.operation} ${JSON.stringify(input)}`).toHaveProperty('members');
          continue;
        }
        const asRecorded = isAsRecorded(fact.answer, actual);
        if (asRecorded) equal += 1;
        else if (fact.differs) known += 1;
        // A reason that no longer holds has to go, too.
        if (asRecorded === (fact.differs !== undefined))
          wrong.push({ call: fact.operation, recorded: fact.answer, actual });
      }
      expect(wrong).toEqual([]);
    },
  );
});
