import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { Agent, request } from 'node:http';
import { createRequire } from 'node:module';
import { createServer } from 'node:net';
import { json } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';

/** What a call came to. */
export type Outcome =
  | { answer: Record<string, unknown> }
  | { error: string; message: string; reasons: { Code: string; Message?: string }[] };

export interface Peer {
  call(operation: string, input: unknown): Promise<Outcome>;
  stop(): Promise<void>;
}

/** Where dynoxide is, if its package for this platform is installed. */
export function peerBinary(): string | undefined {
  try {
    return createRequire(import.meta.url).resolve('@dynoxide/linux-x64/dynoxide');
  } catch {
    return undefined;
  }
}

/** dynoxide, its data in memory. */
export async function startPeer(binary: string): Promise<Peer> {
  for (let tries = 0; tries < 10; tries += 1) {
    const peer = await startAt(await freePort(), binary);
    if (peer) return peer;
  }
  throw new Error('dynoxide did not start');
}

/** undefined where it ended, as it does where the port was free and is not any more. */
async function startAt(port: number, binary: string): Promise<Peer | undefined> {
  const child = spawn(binary, ['serve', '--port', String(port)], { stdio: 'ignore' });
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  child.once('exit', () => agent.destroy());
  const peer: Peer = {
    call: (operation, input) => post(agent, { port, operation, body: JSON.stringify(input) }),
    async stop() {
      agent.destroy();
      await stopped(child);
    },
  };
  for (let tries = 0; tries < 200 && isAlive(child); tries += 1) {
    const outcome = await peer.call('ListTables', {}).catch(() => undefined);
    // What else listens at the port may answer too.
    if (outcome && 'answer' in outcome && isAlive(child)) return peer;
    await sleep(50);
  }
  await peer.stop();
  return undefined;
}

const isAlive = ({ exitCode, signalCode }: ChildProcess) => exitCode === null && signalCode === null;

async function stopped(child: ChildProcess): Promise<void> {
  if (!isAlive(child)) return;
  const gone = once(child, 'exit');
  child.kill();
  await gone;
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}

function post(agent: Agent, call: { port: number; operation: string; body: string }): Promise<Outcome> {
  return new Promise((resolve, reject) => {
    const sent = request(
      {
        agent,
        host: '127.0.0.1',
        port: call.port,
        method: 'POST',
        headers: {
          'content-type': 'application/x-amz-json-1.0',
          'x-amz-target': `DynamoDB_20120810.${call.operation}`,
          // It asks for a signature, and checks none.
          authorization:
            'AWS4-HMAC-SHA256 Credential=peer/20260101/us-east-1/dynamodb/aws4_request, SignedHeaders=host, Signature=0',
          'x-amz-date': '20260101T000000Z',
        },
      },
      (response) => {
        const outcome = json(response).then((body) => outcomeOf(response.statusCode, body as Record<string, unknown>));
        outcome.then(resolve, reject);
      },
    );
    sent.on('error', reject);
    sent.end(call.body);
  });
}

function outcomeOf(status: number | undefined, answer: Record<string, unknown>): Outcome {
  if (status === 200) return { answer };
  const type = String(answer.__type);
  return {
    error: type.slice(type.indexOf('#') + 1),
    message: String(answer.message ?? answer.Message),
    reasons: (answer.CancellationReasons ?? []) as { Code: string; Message?: string }[],
  };
}
