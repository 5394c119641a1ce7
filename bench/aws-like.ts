import { setTimeout as sleep } from 'node:timers/promises';
import { callLatencyMs, type DelayName, delays } from '../src/local/simulation/aws-like.ts';
import { dynops } from './dynops.ts';
import { type Figure, median, ms, ratio } from './measure.ts';

/** An account's times as they are. */
const scale = 1;
const turns = 3;

type Link = DelayName | { service: string; calls: number };
const calls = (service: string, count: number): Link => ({ service, calls: count });
/** A change of an API: the call, and the time for which the API then refuses others. */
const apiChanges = (count: number): Link[] => [
  calls('apigateway', count),
  ...Array<Link>(count).fill('apigateway.change-settles'),
];

/**
 * The chains of things that can only be done one after the other. No tool that makes these calls can be done before
 * the longest of them is.
 */
const chains: Record<string, Link[]> = {
  'who am I, is the role there, make it, wait until Lambda may assume it, make the function, wait for it, permit': [
    calls('sts', 1),
    calls('iam', 2),
    'iam.role-assumable',
    calls('lambda', 1),
    'lambda.pending',
    calls('lambda', 2),
  ],
  'who am I, is the API there, make API, resource, authorizer, method, integration (its answers beside the method’s), 3 answers, deployment, stage, wait':
    [calls('sts', 1), calls('apigateway', 1), ...apiChanges(10), 'apigateway.stage-ready'],
  'who am I, is the pool there, make it, list it, the client likewise, authorizer, method, integration, 3 answers, deployment, stage, wait':
    [calls('sts', 1), calls('cognito-idp', 5), ...apiChanges(8), 'apigateway.stage-ready'],
  'who am I, is the table there, make it, wait': [calls('sts', 1), calls('dynamodb', 2), 'dynamodb.creating'],
};

function lengthMs(chain: Link[]): number {
  return chain.reduce((sum, link) => {
    if (typeof link === 'string') return sum + delays[link].ms * scale;
    return sum + callLatencyMs(link.service) * link.calls * scale;
  }, 0);
}

interface Report {
  elapsedMs: number;
}

/** `up` in an account that behaves like AWS, against the shortest time its delays allow; and `up` with nothing to do. */
export async function benchAwsLike(home: string): Promise<Figure[]> {
  const pathMs = Math.max(...Object.values(chains).map(lengthMs));
  const [created, again]: [number[], number[]] = [[], []];
  await dynops(home, 'local', 'start', '--aws-like', String(scale));
  try {
    for (let turn = 0; turn < turns; turn += 1) {
      created.push(await elapsed(home, 'up'));
      again.push(await elapsed(home, 'up'));
      await elapsed(home, 'down', '--yes');
      // The next turn's first calls must not meet this one's rate limits.
      await sleep(4_000);
    }
  } finally {
    await dynops(home, 'local', 'stop');
  }
  const figure = (what: string, values: number[]): Figure => ({
    what,
    value: ms(median(values)),
    baseline: `critical path of up: ${ms(pathMs)}`,
    ratio: ratio(median(values), pathMs),
  });
  return [figure('up, --aws-like 1', created), figure('up again, --aws-like 1', again)];
}

async function elapsed(home: string, ...words: string[]): Promise<number> {
  const { stdout } = await dynops(home, ...words, '--json');
  return (JSON.parse(stdout) as Report).elapsedMs;
}
