import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { stopOnSignals } from '../../src/cli/process.ts';
import { beginRunning } from '../../src/cli/running.ts';

const said: string[] = [];

function begin(words: string[] = []) {
  const running = beginRunning(words);
  running.ui = { ...running.ui, warn: (line) => said.push(line), print: (text) => said.push(text) };
  stopOnSignals(running);
  return running;
}

beforeEach(() => {
  said.length = 0;
  vi.useFakeTimers();
  vi.spyOn(process, 'exit').mockImplementation(() => undefined as never);
});
afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
  for (const signal of ['SIGINT', 'SIGTERM']) process.removeAllListeners(signal);
});

it.each([
  ['SIGINT', 'Stopped by Ctrl-C.'],
  ['SIGTERM', 'Stopped by SIGTERM.'],
] as const)('%s stops the command, which says by what', (signal, message) => {
  const { stop } = begin();
  process.emit(signal, signal);
  expect(stop.signal.reason).toMatchObject({ code: 'Interrupted', message });
  vi.advanceTimersByTime(1_000);
  expect(said).toEqual([expect.stringContaining('Finishing the current call')]);
});

it('says nothing of a call in flight after the last word', () => {
  const running = begin();
  process.emit('SIGINT', 'SIGINT');
  running.isOver = true;
  vi.advanceTimersByTime(1_000);
  expect(said).toEqual([]);
});

it.each([[[]], [['--json']]])('at the second one says what is left to be put right: %j', (words) => {
  const running = begin(words);
  running.timeoutNeeds = { graceMs: 0, hint: 'The function keeps the last size.' };
  process.emit('SIGINT', 'SIGINT');
  process.emit('SIGINT', 'SIGINT');
  expect(process.exit).toHaveBeenCalledWith(130);
  expect(said).toEqual([expect.stringContaining('The function keeps the last size.')]);
});
