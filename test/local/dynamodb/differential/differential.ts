import { service } from '../../../../src/local/dynamodb/service.ts';
import { AwsError, type Call } from '../../../../src/local/service.ts';
import { canonical, runAll, type Side, text } from './compare.ts';
import { decisionOn, onlyRemoves } from './decisions.ts';
import { createGenerator, keysOf, type Operation, tableInputs, tables } from './generate.ts';
import type { Outcome, Peer } from './peer.ts';
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
export function ourSide(call: Call): Side {
  return async (operation, input) => {
    const run = service.operations[operation];
    if (!run) throw new Error(`no operation ${operation}`);
    try {
      // As it comes off the wire, and goes on it.
      const answer = await run(JSON.parse(JSON.stringify(input)) as never, call);
      return { answer: JSON.parse(JSON.stringify(answer)) };
    } catch (error) {
      if (error instanceof AwsError) return { error: error.code, message: error.message };
      throw new Error(`${operation} ${JSON.stringify(input)}`, { cause: error });
    }
  };
}

/** The same operations on both sides, until there are enough of them or the time is over. */
export async function runDifferential(
  { call, peer }: { call: Call; peer: Peer },
  { seed, operations, untilMs = Number.POSITIVE_INFINITY }: { seed: number; operations: number; untilMs?: number },
): Promise<Result> {
  const ours = ourSide(call);
  const generate = createGenerator(createRandom(seed));
  const result: Result = { operations: 0, decided: new Map(), undecided: [], refused: 0 };
  while (result.operations < operations && performance.now() < untilMs && result.undecided.length < 20) {
    const operation = generate();
    result.operations += 1;
    const [our, their] = await Promise.all([runAll(ours, operation), runAll(peer.call, operation)]);
    if ('error' in our && 'error' in their) result.refused += 1;
    // What such an update makes on the one side alone is not in every answer.
    if (onlyRemoves(operation)) await agree(ours, peer);
    if (canonical(operation, our) === canonical(operation, their)) {
      if (process.env.UNSEEN) await agree(ours, peer, operation);
      continue;
    }
    const difference = { operation, ours: our, theirs: their };
    const decision = decisionOn(difference);
    if (decision) result.decided.set(decision, (result.decided.get(decision) ?? 0) + 1);
    else result.undecided.push(difference);
    if (!/^(?:Get|BatchGet|TransactGet|Query|Scan)/.test(operation.name)) await agree(ours, peer);
  }
  return result;
}

export async function createTables(side: Side): Promise<void> {
  for (const input of tableInputs) {
    const outcome = await side('CreateTable', input);
    if ('error' in outcome) throw new Error(outcome.message);
  }
}

/** The peer gets the engine's items, so that one difference is counted once; what it cannot hold goes on both sides. */
async function agree(ours: Side, peer: Peer, why?: unknown): Promise<void> {
  for (const TableName of tables) {
    for (const Key of keysOf[TableName]) {
      const [our, their] = await Promise.all([itemOf(ours, TableName, Key), itemOf(peer.call, TableName, Key)]);
      if (text(our) === text(their)) continue;
      if (why) console.log('UNSEEN', JSON.stringify(why), text(our), text(their));
      const outcome = our
        ? await peer.call('PutItem', { TableName, Item: our })
        : await peer.call('DeleteItem', { TableName, Key });
      const put = our && 'answer' in outcome && text(await itemOf(peer.call, TableName, Key)) === text(our);
      if (put || !our) continue;
      await peer.call('DeleteItem', { TableName, Key });
      await ours('DeleteItem', { TableName, Key });
    }
  }
}

async function itemOf(side: Side, TableName: string, Key: unknown): Promise<unknown> {
  const outcome = await side('GetItem', { TableName, Key, ConsistentRead: true });
  return 'answer' in outcome ? outcome.answer.Item : undefined;
}
