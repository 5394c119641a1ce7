import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { spreadLiterals } from '../../scripts/spread-literals.mjs';

const dist = (name: string) => readFileSync(fileURLToPath(new URL(`../../dist/${name}`, import.meta.url)), 'utf8');

describe('literals that begin with a spread', () => {
  it.each([
    ['({...a,b:1})', '({...null,...a,b:1})'],
    ['({...a,...b})', '({...null,...a,...b})'],
    ['({...{...a,c},b})', '({...null,...{...null,...a,c},b})'],
    ['f({a,g:{...a,b}})', 'f({a,g:{...null,...a,b}})'],
  ])('%s gets a spread of nothing', (code, expected) => {
    expect(spreadLiterals(code, 'script')).toBe(expected);
    expect(spreadLiterals(expected, 'script')).toBe(expected);
  });

  it.each([
    '({...a})',
    '({a,...b})',
    'const {...b}=a',
    '({a,...b})=>b',
    '"{...a,b}"',
    '/{...a,b}/',
    '[...a,b]',
    'f(...a,b)',
  ])('%s stays as it is', (code) => expect(spreadLiterals(code, 'script')).toBe(code));

  it('means the same: later members replace earlier ones, and keep their places', () => {
    const code = '({...{a:1,b:2},b:3,...{c:4,a:5},...undefined,...null,...false,...JSON.parse(\'{"__proto__":6}\')})';
    const before: unknown = new Function(`return ${code}`)();
    const after: unknown = new Function(`return ${spreadLiterals(code, 'script')}`)();
    expect(JSON.stringify(after)).toBe(JSON.stringify(before));
    expect(JSON.stringify(after)).toBe('{"a":5,"b":3,"c":4,"__proto__":6}');
    expect(Object.getPrototypeOf(new Function(`return ${spreadLiterals(code, 'script')}`)())).toBe(Object.prototype);
  });

  it.each(['engine.pack.js', 'function-process.mjs'])('%s has none without it', (name) => {
    const code = dist(name);
    expect(code.includes('...null,')).toBe(true);
    expect(spreadLiterals(code, name.endsWith('.mjs') ? 'module' : 'script')).toBe(code);
  });

  it('have one hidden class', () => {
    const code = spreadLiterals('({...{a:1,b:i},c:i})', 'script');
    const script = `let last, other = 0;
      for (let i = 0; i < 2000; i += 1) { const made = ${code}; if (last && !%HaveSameMap(made, last)) other += 1; last = made; }
      console.log(other);`;
    const printed = execFileSync(process.execPath, ['--allow-natives-syntax', '-e', script], { encoding: 'utf8' });
    expect(Number(printed)).toBeLessThan(5);
  });
});
