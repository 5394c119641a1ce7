import { ownMember } from '../../../own-member.ts';

/** What ends a process that does not handle it, in Go's words, in which Lambda's own process is written. */
const words: Record<string, string> = {
  SIGHUP: 'hangup',
  SIGINT: 'interrupt',
  SIGQUIT: 'quit',
  SIGILL: 'illegal instruction',
  SIGTRAP: 'trace/breakpoint trap',
  SIGABRT: 'aborted',
  SIGBUS: 'bus error',
  SIGFPE: 'floating point exception',
  SIGKILL: 'killed',
  SIGUSR1: 'user defined signal 1',
  SIGSEGV: 'segmentation fault',
  SIGUSR2: 'user defined signal 2',
  SIGALRM: 'alarm clock',
  SIGTERM: 'terminated',
  SIGSYS: 'bad system call',
};

export const signalText = (signal: string): string | undefined => ownMember(words, signal);
