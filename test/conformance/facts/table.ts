import { readFileSync } from 'node:fs';
import type { Fact, Scenario } from './fact.ts';

/** A table of facts, a call a line: calls that follow each other and name the same recording are one scenario. */
export function readTable(name: string): Scenario[] {
  // The table is this folder's own.
  const lines = JSON.parse(readFileSync(new URL(name, import.meta.url), 'utf8')) as (Fact &
    Pick<Scenario, 'recorded' | 'date'>)[];
  const scenarios: Scenario[] = [];
  for (const { recorded, date, ...fact } of lines) {
    const last = scenarios.at(-1);
    if (last?.recorded === recorded) last.facts.push(fact);
    else scenarios.push({ recorded, date, facts: [fact] });
  }
  return scenarios;
}
