import process from 'node:process';
import { DynopsError, type DynopsErrorDetails } from '../errors.ts';
import { ExitStatus } from '../exit-status.ts';
import { errorDocument, errorText, resultText } from '../ui/outcome.ts';
import { asDynopsError } from './failure.ts';
import { answer, type Running, showFailure } from './running.ts';

const interrupted = (message: string) => ({ code: 'Interrupted', message }) satisfies DynopsErrorDetails;

const finishing = 'Finishing the current call; press Ctrl-C again to stop at once.';
/** Not said of what has ended by then. */
const finishingMs = 150;

/** The first Ctrl-C finishes the call in flight; the second stops at once. */
export function stopOnSignals(running: Running): void {
  const { stop } = running;
  const onSignal = (signal: NodeJS.Signals): void => {
    // The terminal has written ^C behind what moves, or where the next line begins.
    if (!running.ui.clear() && running.ui.live) process.stderr.write('\n');
    if (stop.signal.aborted) {
      const { hint } = running.timeoutNeeds;
      if (running.ui.json) {
        const error = new DynopsError(interrupted('Stopped at once: the last call may still have taken effect.'));
        const advice = hint ?? 'Run the same command again to continue.';
        answer(running, resultText(errorDocument(error, undefined, advice)));
      } else if (hint !== undefined) running.ui.warn(hint);
      process.exit(ExitStatus.interrupted);
    }
    setTimeout(() => running.isOver || running.ui.warn(finishing), finishingMs).unref();
    stop.abort(new DynopsError(interrupted(`Stopped by ${signal === 'SIGINT' ? 'Ctrl-C' : signal}.`)));
  };
  process.on('SIGINT', onSignal);
  process.on('SIGTERM', onSignal);
}

/** `dynops logs --follow | head` ends quietly, and a full disk is told; what is said on stderr is not needed to go on. */
export function stopOnClosedOutput(running: Running): void {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') {
      const message = 'The output was closed.';
      running.stop.abort(new DynopsError({ code: 'OutputClosed', message }));
      return;
    }
    const { ui, stop, words } = running;
    const failed = asDynopsError(error, { signal: stop.signal, words });
    const unwritten = failed.with({ message: `stdout cannot be written: ${failed.message}.` });
    ui.warn(errorText(unwritten, { ui, debug: false, hint: unwritten.hint }));
    process.exit(failed.exitStatus);
  });
  process.stderr.on('error', () => undefined);
}

/**
 * What is thrown where nobody waits for it, in a timer or the handler of an event, ends the command and is told as every failure is.
 * Answers how to stop looking for it.
 */
export function failOnStrays(running: Running): () => void {
  let isFailing = false;
  const onThrown = (thrown: unknown): void => {
    if (isFailing) return;
    isFailing = true;
    const end = (status: ExitStatus): never => process.exit(status);
    void showFailure(running, thrown).then(end, () => end(ExitStatus.failed));
  };
  process.on('uncaughtException', onThrown);
  return () => process.off('uncaughtException', onThrown);
}

/** Aborts when the time is up; a call that does not end then either is left behind, and the failure is reported. */
export function stopAfter(seconds: number, running: Running): void {
  const timedOut = (hint = 'Run the same command again to continue.') =>
    new DynopsError({
      code: 'Timeout',
      message: `Stopped after ${seconds} s, as --timeout asks.`,
      hint,
    });
  const leave = async (hint: string | undefined): Promise<never> =>
    process.exit(await showFailure(running, timedOut(hint)));
  const onTime = () => {
    running.stop.abort(timedOut());
    const { graceMs, hint } = running.timeoutNeeds;
    setTimeout(() => void leave(hint), graceMs).unref();
  };
  setTimeout(onTime, seconds * 1000).unref();
}
