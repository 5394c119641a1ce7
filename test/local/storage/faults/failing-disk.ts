import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const run = promisify(execFile);
const rounds = new URL('./rounds.ts', import.meta.url).pathname;
const source = new URL('./failing-writes.c', import.meta.url).pathname;
/** A preloaded library stands between the stores and the disk; it knows glibc's streams from the inside. */
const isGlibc = process.platform === 'linux' && 'glibcVersionRuntime' in Object(process.report.getReport()).header;
const hasCompiler = await run('cc', ['--version']).then(
  () => true,
  () => false,
);

/** Fails every `step`th change that every store makes to the disk, in each way. */
export function failingDisk(step: number): void {
  describe.skipIf(!isGlibc || !hasCompiler)('every store, when a change to the disk fails (needs glibc and cc)', () => {
    let folder: string;
    beforeAll(async () => {
      folder = await mkdtemp(join(tmpdir(), 'dynops-faults-'));
    });
    afterAll(() => rm(folder, { recursive: true, force: true }));

    it(
      'loses nothing that was acknowledged, shows nothing that was refused, and goes on',
      async () => {
        const library = join(folder, 'failing-writes.so');
        const control = join(folder, 'control');
        await run('cc', ['-shared', '-fPIC', '-O1', '-Wall', '-o', library, source, '-ldl']);
        await writeFile(control, Buffer.alloc(20));
        const { stdout } = await run(
          process.execPath,
          ['--import', 'tsx', rounds, join(folder, 'data'), control, `${step}`],
          {
            env: { ...process.env, LD_PRELOAD: library, FAULTS_CONTROL: control, FAULTS_FOLDER: join(folder, 'data') },
          },
        );
        const { wrong, ...counts } = JSON.parse(stdout);
        process.stdout.write(`faults, every ${step}th change: ${JSON.stringify(counts)}\n`);
        expect(wrong).toEqual([]);
        expect(counts.failed).toBeGreaterThan(7);
        expect(counts.refused).toBeGreaterThan(7);
        expect(counts.restarts).toBe(3 * counts.rounds);
      },
      600_000 * (step === 1 ? 12 : 1),
    );
  });
}
