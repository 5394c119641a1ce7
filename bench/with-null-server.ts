import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

/** Does something with a server, in processes of its own, that answers every request with a constant. */
export async function withNullServer<Answer>(
  use: (url: string) => Promise<Answer>,
  { processes = 1 } = {},
): Promise<Answer> {
  const file = fileURLToPath(new URL('null-server.ts', import.meta.url));
  const server = fork(file, [String(processes)], { execArgv: ['--import', 'tsx'] });
  try {
    const [url] = (await once(server, 'message')) as [string];
    return await use(url);
  } finally {
    server.kill();
  }
}
