import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

/** Does something with a server, in a process of its own, that answers every request with a constant. */
export async function withNullServer<Answer>(use: (url: string) => Promise<Answer>): Promise<Answer> {
  const server = fork(fileURLToPath(new URL('null-server.ts', import.meta.url)), { execArgv: ['--import', 'tsx'] });
  try {
    const [url] = (await once(server, 'message')) as [string];
    return await use(url);
  } finally {
    server.kill();
  }
}
