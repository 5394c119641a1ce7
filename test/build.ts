import { execFileSync } from 'node:child_process';

/** Builds dist/ once before the tests: what crosses files is tested on what users run. */
export default function build(): void {
  execFileSync(process.execPath, ['build.mjs'], { stdio: 'inherit' });
}
