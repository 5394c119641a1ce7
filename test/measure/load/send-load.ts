import { runLoad } from '../../../src/measure/load/generator.ts';
import { profileOf } from '../../../src/measure/load/profile.ts';
import { compileScenario } from '../../../src/measure/load/scenario.ts';

// Sends a load of four users for four seconds to the address given and prints the run, for tests that need a process of their own.
const run = await runLoad({
  url: new URL(process.argv[2] ?? ''),
  model: { kind: 'closed', users: 4 },
  profile: profileOf('fixed'),
  durationMs: 4_000,
  scenario: compileScenario([{ name: 'ping', weight: undefined, body: '{"operation":"ping"}' }]),
  token: () => 'token',
  userAgent: 'test',
  requestTimeoutMs: 5_000,
  signal: new AbortController().signal,
  onInterval: () => undefined,
});
process.stdout.write(JSON.stringify(run));
