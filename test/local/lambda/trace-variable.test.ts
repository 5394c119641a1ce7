import { inspect } from 'node:util';
import { afterEach, describe, expect, it } from 'vitest';
import { withTraceVariable } from '../../../src/local/lambda/runtime/trace-variable.ts';

describe("a function's environment", () => {
  const real = process.env;
  const env = withTraceVariable(real);
  const name = '_X_AMZN_TRACE_ID';
  afterEach(() => {
    delete env[name];
    delete env.OTHER;
  });

  it('shows the trace as a variable, which the system does not have', () => {
    env[name] = 'Root=1-2';
    expect(env[name]).toBe('Root=1-2');
    expect(name in env).toBe(true);
    expect(Object.keys(env).filter((key) => key === name)).toEqual([name]);
    expect({ ...env }).toEqual({ ...real, [name]: 'Root=1-2' });
    expect(JSON.parse(JSON.stringify(env))).toHaveProperty(name, 'Root=1-2');
    expect(Object.hasOwn(env, name)).toBe(true);
    expect(inspect(env)).toBe(inspect({ ...real, [name]: 'Root=1-2' }));
    expect(Object.prototype.isPrototypeOf.call(Object.prototype, env)).toBe(true);
    expect(real).not.toHaveProperty(name);
    env[name] = 7 as never;
    expect(env[name]).toBe('7');
    delete env[name];
    expect([env[name], name in env, Object.keys(env).includes(name)]).toEqual([undefined, false, false]);
  });

  it('has all other variables where they were', () => {
    env.OTHER = 'a';
    expect([env.OTHER, real.OTHER, 'OTHER' in env, env.PATH]).toEqual(['a', 'a', true, real.PATH]);
    Object.defineProperty(env, 'OTHER', { value: 'b', configurable: true, enumerable: true, writable: true });
    expect(real.OTHER).toBe('b');
    Object.assign(env, { OTHER: 'c' });
    expect(real.OTHER).toBe('c');
    delete env.OTHER;
    expect([env.OTHER, real.OTHER, String(env)]).toEqual([undefined, undefined, '[object Object]']);
  });
});
