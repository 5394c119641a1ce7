import type { Engine } from '../engine.ts';
import { perEngine } from '../per-engine.ts';
import type { PoolRecord } from './records.ts';

/** What a user pool would send; here it stays in the engine's store, for `dynops local inbox`. */
export interface InboxMessage {
  /** Counts up. */
  id: number;
  /** Milliseconds since the epoch. */
  atMs: number;
  poolId: string;
  pool: string;
  username: string;
  medium: 'EMAIL' | 'SMS';
  to: string;
  /** E-mail only. */
  subject?: string;
  text: string;
  /** The code or temporary password in the text. */
  code: string;
  /** What confirms an account when it is opened, in place of the code. */
  link?: string;
}

/** The newest are kept. */
const mostMessages = 500;

const collection = (engine: Engine) => engine.store.collection<InboxMessage>('cognito/inbox');
const keyOf = (id: number) => String(id).padStart(16, '0');
const lastIds = perEngine((engine) => ({ id: collection(engine).values().at(-1)?.id ?? 0 }));

/** Resolves when the message is on disk. */
export async function putMessage(engine: Engine, message: Omit<InboxMessage, 'id' | 'atMs'>): Promise<void> {
  const messages = collection(engine);
  const last = lastIds(engine);
  // Times as ids, so that they go up even where all earlier messages were deleted before a restart.
  last.id = Math.max(engine.clock(), last.id + 1);
  const kept = messages.put(keyOf(last.id), { id: last.id, atMs: engine.clock(), ...message });
  const over = messages.keys().slice(0, -mostMessages);
  await Promise.all([kept, ...over.map((key) => messages.delete(key))]);
}

/** Those after this id, oldest first. */
export function messagesAfter(engine: Engine, id: number): InboxMessage[] {
  return collection(engine)
    .values()
    .filter((message) => message.id > id);
}

/** `GET /_dynops/inbox?after=ID`. */
export function inboxAnswer(engine: Engine, query: string): object {
  return { messages: messagesAfter(engine, Number(new URLSearchParams(query).get('after') ?? 0) || 0) };
}

/** A deleted pool's messages go with it. */
export async function forgetMessages(engine: Engine, pool: PoolRecord): Promise<void> {
  const messages = collection(engine);
  const ours = messages.values().filter(({ poolId }) => poolId === pool.id);
  await Promise.all(ours.map(({ id }) => messages.delete(keyOf(id))));
}
