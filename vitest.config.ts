import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: ['test/build.ts'],
    // Many tests wait for processes of their own, so each core can take a file.
    maxWorkers: Math.max(2, availableParallelism()),
    // Tests that start the engine and run the real zip take seconds; the machine's speed is not what they judge.
    testTimeout: 60_000,
    hookTimeout: 60_000,
    env: { AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true', NO_COLOR: '1' },
  },
});
