import { createHmac } from 'node:crypto';
import { engineCredentials, recordedEngine } from './engine.ts';
import { send } from './http.ts';

/** What the embedded engine tells its owner at one of its own paths; undefined where no engine runs. */
export async function ownersAnswer<Answer>(home: string, path: string): Promise<Answer | undefined> {
  const engine = await recordedEngine(home);
  if (engine === undefined) return undefined;
  const { secretAccessKey } = await engineCredentials(home);
  // As the engine makes it.
  const token = createHmac('sha256', secretAccessKey).update('dynops request log').digest('hex');
  const answer = await send({
    method: 'GET',
    url: `${engine.endpoint}${path}`,
    headers: { Authorization: `Bearer ${token}` },
    timeoutMs: 5_000,
  });
  // Written by an engine of this version: another is restarted before a command goes on.
  return JSON.parse(answer.body.toString('utf8')) as Answer;
}
