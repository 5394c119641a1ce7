import { exec } from 'node:child_process';
import { externalDataInterceptor } from '@smithy/core/config';
import { endProcessTree } from '../endpoint/process-tree.ts';

type Done = (error: Error | null, output?: { stdout: string; stderr: string }) => void;

/**
 * The SDK runs a profile's `credential_process` for as long as it takes, and such a program may hang, or ask somebody who is
 * not there: it ends with the command. The SDK takes its way to run programs from here, and has no other place for that.
 */
export function endProgramsOn(signal: AbortSignal): void {
  externalDataInterceptor.interceptToken('exec', (command: string, done: Done) => {
    const child = exec(command, (error, stdout, stderr) => {
      signal.removeEventListener('abort', end);
      done(error, { stdout, stderr });
    });
    const end = () => void endProcessTree(child);
    signal.addEventListener('abort', end, { once: true });
  });
}
