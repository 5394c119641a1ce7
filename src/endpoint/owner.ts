import { createHmac } from 'node:crypto';
import { DynopsError } from '../errors.ts';
import { askEngine, engineCredentials, recordedEngine } from './engine.ts';

/** What the embedded engine tells its owner at one of its own paths; undefined where no engine runs, or it ended meanwhile. */
export async function ownersAnswer<Answer>(
  home: string,
  path: string,
  { method = 'GET', timeoutMs = 5_000 } = {},
): Promise<Answer | undefined> {
  const engine = await recordedEngine(home);
  if (engine === undefined) return undefined;
  const { secretAccessKey } = await engineCredentials(home);
  // As the engine makes it.
  const token = createHmac('sha256', secretAccessKey).update('dynops request log').digest('hex');
  const asked = askEngine(engine, {
    method,
    path,
    headers: { Authorization: `Bearer ${token}` },
    timeoutMs,
  });
  const answer = await asked.catch(async (error: unknown) => {
    if (await recordedEngine(home)) throw error;
    return undefined;
  });
  if (answer === undefined) return undefined;
  // Written by an engine of this version: another is restarted before a command goes on.
  const body: unknown = JSON.parse(answer.body.toString('utf8'));
  if (answer.status === 200) return body as Answer;
  const { message = '' } = body as { message?: string };
  throw new DynopsError({ foreignCode: 'EngineFailed', message: `The embedded engine failed: ${message}.` });
}
