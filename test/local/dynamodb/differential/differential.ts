import { service } from '../../../../src/local/dynamodb/service.ts';
import { AwsError, type Call } from '../../../../src/local/service.ts';
import { startEngine } from '../../../start-engine.ts';
import { rootCall } from '../table.ts';
import { canonical, runAll, type Side, text } from './compare.ts';
import { decisionOn } from './decisions.ts';
import { createGenerator, type Operation, type Place, tableInputs } from './generate.ts';
import { type Outcome, type Peer, startPeer } from './peer.ts';
import { createRandom } from './random.ts';

export interface Difference {
  operation: Operation;
  ours: Outcome;
  theirs: Outcome;
}

export interface Result {
  operations: number;
  /** How often each decision was called upon, by its name. */
  decided: Map<string, number>;
  /** What no decision speaks of. */
  undecided: Difference[];
  /** How many of the operations were refused by both. */
  refused: number;
}

/** The engine's operations, called as its server calls them. */
function ourSide(call: Call): Side {
  return async (operation, input) => {
    const run = service.operations[operation];
    if (!run) throw new Error(`no operation ${operation}`);
    try {
      // As it comes off the wire, and goes on it.
      const answer = await run(JSON.parse(JSON.stringify(input)) as never, call);
      return { answer: JSON.parse(JSON.stringify(answer)) };
    } catch (error) {
      if (error instanceof AwsError) return describeError(error);
      throw new Error(`${operation} ${JSON.stringify(input)}`, { cause: error });
    }
  };
}

function describeError({ code, message, details }: AwsError): Outcome {
  const { CancellationReasons: reasons } = details.members ?? {};
  return { error: code, message, reasons: Array.isArray(reasons) ? reasons : [] };
}

/** The same operations on a new engine and on a new dynoxide. */
export async function runDifferential(binary: string, options: { seed: number; operations: number }): Promise<Result> {
  const { engine, stop } = await startEngine();
  const peer = await startPeer(binary);
  try {
    const call = rootCall(engine);
    await createTables(ourSide(call));
    await createTables(peer.call);
    return await runOnBoth({ call, peer }, options);
  } finally {
    await peer.stop();
    await stop();
  }
}

async function runOnBoth(
  { call, peer }: { call: Call; peer: Peer },
  { seed, operations }: { seed: number; operations: number },
): Promise<Result> {
  const ours = ourSide(call);
  const generate = createGenerator(createRandom(seed));
  const result: Result = { operations: 0, decided: new Map(), undecided: [], refused: 0 };
  while (result.operations < operations && result.undecided.length < 20) {
    const operation = generate();
    result.operations += 1;
    const [our, their] = await Promise.all([runAll(ours, operation), runAll(peer.call, operation)]);
    if ('error' in our && 'error' in their) result.refused += 1;
    const same = canonical(operation, our) === canonical(operation, their);
    // Each difference is counted once: what the answers do not show is one, too.
    let difference: Difference | undefined = same ? undefined : { operation, ours: our, theirs: their };
    for (const place of operation.changes) {
      const items = await agree(ours, peer, place);
      if (items) difference ??= { operation, ...items };
    }
    if (!difference) continue;
    const decision = decisionOn(difference);
    if (decision) result.decided.set(decision, (result.decided.get(decision) ?? 0) + 1);
    else result.undecided.push(difference);
  }
  return result;
}

async function createTables(side: Side): Promise<void> {
  for (const input of tableInputs) {
    const outcome = await side('CreateTable', input);
    if ('error' in outcome) throw new Error(outcome.message);
  }
}

/**
 * The item that the peer has in the place becomes the engine's, so that one difference is counted once, and those that
 * differed are given; what the peer cannot hold goes on both sides.
 */
async function agree(
  ours: Side,
  peer: Peer,
  { TableName, Key }: Place,
): Promise<{ ours: Outcome; theirs: Outcome } | undefined> {
  const read = (side: Side) => side('GetItem', { TableName, Key, ConsistentRead: true });
  const [our, their] = await Promise.all([read(ours), read(peer.call)]);
  if (text(our) === text(their)) return undefined;
  const Item = 'answer' in our ? our.answer.Item : undefined;
  if (Item) await peer.call('PutItem', { TableName, Item });
  if (!Item || text(await read(peer.call)) !== text(our)) {
    await peer.call('DeleteItem', { TableName, Key });
    await ours('DeleteItem', { TableName, Key });
  }
  return { ours: our, theirs: their };
}
