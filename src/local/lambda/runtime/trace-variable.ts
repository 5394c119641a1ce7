import { inspect } from 'node:util';

/** Another one for each invocation. */
const name = '_X_AMZN_TRACE_ID';

/**
 * An environment that keeps this variable itself and has all others where they were: glibc's `setenv` never frees a value, so that
 * a process would lose 160 bytes at each invocation, and be ended in the end for its memory.
 */
export function withTraceVariable(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const own: NodeJS.ProcessEnv = {};
  Object.setPrototypeOf(own, null);
  // `console.log` looks behind a proxy, at what it finds there.
  const target: NodeJS.ProcessEnv = Object.create({ [inspect.custom]: () => ({ ...shown }) });
  const of = (key: string | symbol) => (key === name ? own : environment);
  const shown: NodeJS.ProcessEnv = new Proxy(target, {
    get: (_, key) => of(key)[key as string],
    // As in an environment, a value is a text.
    set: (_, key, value) => Reflect.set(of(key), key, key === name ? String(value) : value),
    has: (_, key) => Reflect.has(of(key), key),
    deleteProperty: (_, key) => Reflect.deleteProperty(of(key), key),
    defineProperty: (_, key, descriptor) => Reflect.defineProperty(of(key), key, descriptor),
    getOwnPropertyDescriptor: (_, key) => Reflect.getOwnPropertyDescriptor(of(key), key),
    ownKeys: () => [...Reflect.ownKeys(environment), ...Reflect.ownKeys(own)],
    getPrototypeOf: () => Reflect.getPrototypeOf(environment),
  });
  return shown;
}
