import { ownersAnswer } from './owner.ts';

/** One message that a user pool of the embedded engine would have sent. */
export interface InboxMessage {
  id: number;
  atMs: number;
  poolId: string;
  pool: string;
  username: string;
  medium: 'EMAIL' | 'SMS';
  to: string;
  subject?: string;
  text: string;
  /** The code or temporary password in the text. */
  code: string;
  /** What confirms an account when it is opened, in place of the code. */
  link?: string;
}

/** The messages after this id, oldest first; none where no engine runs. */
export async function engineInbox(home: string, after: number): Promise<InboxMessage[]> {
  return (await ownersAnswer<{ messages: InboxMessage[] }>(home, `/_dynops/inbox?after=${after}`))?.messages ?? [];
}
