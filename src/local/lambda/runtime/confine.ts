import childProcess from 'node:child_process';
import { closeSync, fstatSync } from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import os from 'node:os';
import traceEvents from 'node:trace_events';
import v8 from 'node:v8';

/**
 * Closes what Node's permission model leaves open, before any of the function's code runs: files that were inherited
 * already open, signals to other processes, and ways to write files that the model does not look at.
 * `highestDescriptor`: where the engine's own open files end. `knownAs`: its process id on the machine, which it is shown
 * as its own, so that what it logs can be found there. `dieOf`: ends it as by a signal.
 */
export function confine({ highestDescriptor, knownAs, dieOf }: Confinement): void {
  closeInheritedFiles(highestDescriptor);
  const own = process.pid;
  Object.defineProperty(process, 'pid', { value: knownAs, enumerable: true });
  forbidSignals(own, dieOf);
  // Where the function has a process tree of its own nobody else is within reach; elsewhere this is all there is.
  const { setPriority } = os;
  os.setPriority = (...args: [number, number?]) => {
    const [pid, priority] = args.length > 1 ? args : [0, args[0]];
    if (pid !== 0 && pid !== knownAs) refused('setPriority')();
    setPriority(priority ?? 0);
  };
  // The first two write wherever they are told to: code traces, heap snapshots, event logs.
  for (const [module, names] of [
    [v8, ['setFlagsFromString', 'setHeapSnapshotNearHeapLimit', 'writeHeapSnapshot']],
    [traceEvents, ['createTracing']],
    // Starting one is refused anyway; one that was not started can still send signals.
    [childProcess, ['ChildProcess']],
  ] as const) {
    for (const name of names) Object.defineProperty(module, name, { value: refused(name) });
  }
  syncBuiltinESMExports();
}

interface Confinement {
  highestDescriptor: number;
  knownAs: number;
  dieOf: (signal: string) => void;
}

/** LevelDB opens its files without close-on-exec, so that every process started meanwhile has them, open for writing. */
function closeInheritedFiles(highest: number): void {
  for (let descriptor = 3; descriptor <= highest; descriptor += 1) {
    try {
      if (fstatSync(descriptor).isFile()) closeSync(descriptor);
    } catch (error) {
      // Not open here, as most.
      if (!(error instanceof Error && 'code' in error && error.code === 'EBADF')) throw error;
    }
  }
}

function forbidSignals(own: number, dieOf: (signal: string) => void): void {
  for (const name of ['kill', '_kill'] as const) {
    // `_kill` is what `kill` is made of, and not in its types.
    const send = Reflect.get(process, name).bind(process) as typeof process.kill;
    Reflect.set(process, name, (pid: number, signal: string | number) => {
      // `kill` asks for `_kill` with the number it was given.
      if (pid !== process.pid && pid !== own) return refused('kill')();
      const sent = send(own, signal);
      if (own === 1 && name === '_kill') dieUnhandled(signal, dieOf);
      return sent;
    });
  }
  if (own === 1) process.abort = () => dieUnhandled(os.constants.signals.SIGABRT, dieOf) as never;
  for (const name of ['_debugProcess', '_debugEnd']) Reflect.deleteProperty(process, name);
  // Node opens its debugger at this signal, to every user of the machine.
  process.on('SIGUSR1', () => undefined);
}

/** The first process of a namespace outlives what it sends itself and does not handle; in Lambda it is none. */
function dieUnhandled(number: string | number, dieOf: (signal: string) => void): void {
  const [name] = Object.entries(os.constants.signals).find(([, known]) => known === number) ?? [];
  if (name !== undefined && process.listenerCount(name) === 0) dieOf(name);
}

function refused(name: string): () => never {
  return () => {
    throw Object.assign(new Error(`Access to ${name} has been restricted`), { code: 'ERR_ACCESS_DENIED' });
  };
}
