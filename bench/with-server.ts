import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

/** Does something with a server of this folder, in processes of its own, which says its URL when it listens. */
export async function withServer<Answer>(
  file: 'null-server.ts' | 'hop-server.ts',
  use: (url: string) => Promise<Answer>,
  parameters: readonly string[] = [],
): Promise<Answer> {
  const server = fork(fileURLToPath(new URL(file, import.meta.url)), parameters, { execArgv: ['--import', 'tsx'] });
  try {
    const [url] = (await once(server, 'message')) as [string];
    return await use(url);
  } finally {
    server.kill();
  }
}
