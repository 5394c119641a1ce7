import { availableParallelism } from 'node:os';
import { configDefaults, defineConfig, type TestProjectInlineConfiguration } from 'vitest/config';
import { LongestFirst } from './test/longest-first.ts';

const exhaustive = 'test/**/*.exhaustive.test.ts';
/** What judges the machine's clock to the millisecond: run in the end, with nothing beside it. */
const timed = 'test/**/*.timed.test.ts';
const includes: Record<string, string[]> = {
  exhaustive: [exhaustive],
  // What depends on the version of Node.js: processes, permissions, sockets, JSON.
  versions: [
    'test/local/{lambda,execute-api}/**/*.test.ts',
    'test/handler/*.test.ts',
    'test/cli/{api,stack}.test.ts',
    'test/local/malformed.exhaustive.test.ts',
  ],
};

const common: TestProjectInlineConfiguration['test'] = {
  setupFiles: ['test/after-each-file.ts'],
  // No module has state, so a worker need not load the SDK and the engine anew for each of its files. What
  // judges memory looks at a process of its own, or at what is added.
  isolate: false,
  // A third of the time of a file is waiting, for processes of its own and for time to pass.
  maxWorkers: availableParallelism() + 1,
  // Tests that start the engine and run the real zip take seconds; the machine's speed is not what they judge.
  testTimeout: 180_000,
  hookTimeout: 180_000,
  expect: { poll: { timeout: 30_000 } },
  env: { AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true', NO_COLOR: '1' },
};

export default defineConfig(({ mode }) => ({
  test: {
    globalSetup: ['test/build.ts'],
    sequence: { sequencer: LongestFirst },
    // Without a mode: what one runs while working. What takes minutes has a mode of its own.
    projects: includes[mode]
      ? [{ test: { ...common, name: mode, include: includes[mode], testTimeout: 900_000, hookTimeout: 900_000 } }]
      : [
          {
            test: {
              ...common,
              name: 'parallel',
              include: ['test/**/*.test.ts'],
              exclude: [...configDefaults.exclude, exhaustive, timed],
            },
          },
          { test: { ...common, name: 'timed', include: [timed], maxWorkers: 1, sequence: { groupOrder: 1 } } },
        ],
  },
}));
