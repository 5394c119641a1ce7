import { spawn } from 'node:child_process';
import type { Environment } from '../../environment.ts';

/** Opens a page in the user's browser. False where there is none to be expected. */
export async function openBrowser(url: string, env: Environment): Promise<boolean> {
  const hasScreen = Boolean(env.DISPLAY || env.WAYLAND_DISPLAY);
  const [command, ...parameters] =
    process.platform === 'darwin'
      ? ['open', url]
      : process.platform === 'win32'
        ? ['rundll32', 'url.dll,FileProtocolHandler', url]
        : ['xdg-open', url];
  if (command === undefined || (command === 'xdg-open' && !hasScreen)) return false;
  const child = spawn(command, parameters, { detached: true, stdio: 'ignore' });
  child.unref();
  return new Promise((resolve) => {
    child.once('error', () => resolve(false));
    child.once('spawn', () => resolve(true));
  });
}
