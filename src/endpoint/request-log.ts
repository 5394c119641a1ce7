import { ownersAnswer } from './owner.ts';

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
  const path = `/_dynops/requests?after=${after}${bodies ? '&bodies=1' : ''}`;
  return (await ownersAnswer<{ entries: EngineRequest[] }>(home, path))?.entries ?? [];
}
