import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

type FailureKind = 'function-error' | 'long-function-error' | 'long-answer' | 'reset' | 'silence';

export interface Plan {
  /** Taken in turn. */
  delaysMs: number[];
  /** Every n-th request fails so, or is answered at length; a number is an HTTP status. */
  failures?: { every: number; kind: number | FailureKind }[];
  /** Requests arriving in this stretch are answered at its end, each with its delay on top. */
  stall?: { atMs: number; ms: number };
}

/** What the server did. */
export interface Served {
  /** In the order of their arrival; times of `machineNowMs`. */
  requests: {
    arrivedMs: number;
    /** Missing where it was not. */
    answeredMs?: number;
    /** How much later than planned it came to answering: what this machine does to any process now. */
    lateMs: number;
  }[];
  concurrency: [atMs: number, requests: number][];
  tokens: string[];
  bodies: string[];
}

export interface KnownServer {
  url: URL;
  served(): Promise<Served>;
  stop(): Promise<void>;
}

/** Milliseconds of the clock that all processes of a machine share. */
export const machineNowMs = () => Number(process.hrtime.bigint()) / 1e6;

/** In a process of its own, so that neither side waits for the other's work. */
export async function startKnownServer(plan: Plan): Promise<KnownServer> {
  const child = fork(fileURLToPath(new URL('known-server.mjs', import.meta.url)), [JSON.stringify(plan)], {
    execArgv: [],
  });
  const [{ port }] = await once(child, 'message');
  return {
    url: new URL(`http://127.0.0.1:${port}/prod/DynamoDBManager`),
    async served() {
      child.send('report');
      const [served] = await once(child, 'message');
      return served;
    },
    async stop() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const ended = once(child, 'exit');
      child.kill();
      await ended;
    },
  };
}
