import { createHmac } from 'node:crypto';
import { engineCredentials, recordedEngine } from './engine.ts';
import { send } from './http.ts';

/** One request that reached the embedded engine, as it tells them; bodies only where they were asked for. */
export interface EngineRequest {
  id: number;
  atMs: number;
  ms: number;
  kind: 'api' | 'aws' | 'page';
  method: string;
  path: string;
  status: number;
  operation?: string;
  request?: string;
  response?: string;
}

/** What has reached the engine after this id, oldest first; nothing where no engine runs. */
export async function engineRequests(
  home: string,
  { after, bodies = false }: { after: number; bodies?: boolean },
): Promise<EngineRequest[]> {
  const engine = await recordedEngine(home);
  if (engine === undefined) return [];
  const { secretAccessKey } = await engineCredentials(home);
  // As the engine makes it.
  const token = createHmac('sha256', secretAccessKey).update('dynops request log').digest('hex');
  const answer = await send({
    method: 'GET',
    url: `${engine.endpoint}/_dynops/requests?after=${after}${bodies ? '&bodies=1' : ''}`,
    headers: { Authorization: `Bearer ${token}` },
    timeoutMs: 5_000,
  });
  // Written by an engine of this version: another is restarted before a command goes on.
  return (JSON.parse(answer.body.toString('utf8')) as { entries: EngineRequest[] }).entries;
}
