import { fileURLToPath } from 'node:url';
import { type Run, run } from './measure.ts';

export const program = fileURLToPath(new URL('../bin/dynops.js', import.meta.url));

/** Runs the built `dynops` with a home of its own. */
export function dynops(home: string, ...words: string[]): Promise<Run> {
  return run(process.execPath, [program, ...words], environment(home));
}

/** The surroundings of a benchmark: nothing of the user's own settings. */
export function environment(home: string): NodeJS.ProcessEnv {
  return { PATH: process.env.PATH, HOME: home, DYNOPS_HOME: home, DYNOPS_PORT: '0' };
}

/** Does something with a stack that stands, and takes engine and all away again. */
export async function withStack<Answer>(
  home: string,
  use: (apiUrl: string, token: string) => Promise<Answer>,
): Promise<Answer> {
  try {
    const { apiUrl } = JSON.parse((await dynops(home, 'up', '--json')).stdout) as { apiUrl: string };
    const { stdout: token } = await dynops(home, 'token');
    return await use(apiUrl, token.trim());
  } finally {
    await dynops(home, 'local', 'stop');
  }
}
