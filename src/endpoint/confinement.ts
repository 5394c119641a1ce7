import { askEngine, recordedEngine } from './engine.ts';

/** Whether the running engine keeps functions in namespaces of their own; where it cannot, Python has this user's rights. */
export async function confinesFunctions(home: string): Promise<boolean> {
  const engine = await recordedEngine(home);
  if (engine === undefined) return false;
  const answer = await askEngine(engine, { method: 'GET', path: '/_dynops/confinement', timeoutMs: 10_000 });
  const { functions } = JSON.parse(answer.body.toString('utf8')) as { functions: 'namespaces' | 'none' };
  return functions === 'namespaces';
}
