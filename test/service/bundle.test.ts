import { afterEach, expect, it, vi } from 'vitest';
import { createBundler } from '../../src/service/bundle.ts';

afterEach(() => {
  vi.doUnmock('esbuild');
  vi.resetModules();
});

const gone = async () => {
  throw new Error('The service was stopped');
};

it.each([
  ['while it bundles', { context: async () => ({ rebuild: gone, dispose: gone }) }],
  ['before it does', { context: gone }],
])('esbuild that was ended by Ctrl-C too, %s, is an interruption', async (_when, esbuild) => {
  vi.doMock('esbuild', () => ({ ...esbuild, formatMessages: gone }));
  const bundler = await createBundler({ entry: '/nowhere/index.js', exported: 'handler', folder: '/nowhere' });
  await expect(bundler.bundle()).rejects.toMatchObject({ code: 'Interrupted', exitStatus: 130 });
  await bundler.dispose();
});
