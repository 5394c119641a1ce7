import { type InboxMessage, messagesAfter } from '../../../src/local/cognito/inbox.ts';
import type { PoolFixture } from './pool-fixture.ts';

/** What the pools have sent to this user or address, oldest first. */
export function sentTo({ engine }: PoolFixture, name: string): InboxMessage[] {
  return messagesAfter(engine.engine, 0).filter(({ username, to }) => username === name || to === name);
}

/** The code of the last message. */
export const lastCode = (fixture: PoolFixture, name: string): string => sentTo(fixture, name).at(-1)?.code ?? '';

/** A code that is not `code`. */
export const wrongCode = (code: string): string => (code === '000000' ? '000001' : '000000');
