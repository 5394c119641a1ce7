import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

export type Handler = (event: unknown, context: object) => Promise<unknown>;

/** Errors that Lambda names `Runtime.…`. */
function runtimeError(name: string, message: string): Error {
  const error = new Error(message);
  error.name = `Runtime.${name}`;
  return error;
}

/** `folder/index.handler` → the function, with a callback-style one turned into a promise where the runtime takes it. */
export async function loadHandler(options: {
  taskRoot: string;
  handler: string;
  allowCallbacks: boolean;
}): Promise<Handler> {
  const { taskRoot, handler, allowCallbacks } = options;
  const match = /^(.*?)\.([^/]+)$/.exec(handler.slice(handler.lastIndexOf('/') + 1));
  if (!match?.[1] || !match[2] || handler.split('/').includes('..')) {
    throw runtimeError('MalformedHandlerName', `'${handler}' is not a valid handler name`);
  }
  const moduleName = handler.slice(0, handler.lastIndexOf('/') + 1) + match[1];
  let found: unknown = await loadModule(taskRoot, moduleName);
  for (const name of match[2].split('.')) {
    found = typeof found === 'object' && found !== null ? (found as Record<string, unknown>)[name] : undefined;
  }
  if (typeof found !== 'function') {
    throw runtimeError('HandlerNotFound', `${handler} is undefined or not exported`);
  }
  const call = found as (event: unknown, context: object, callback?: (...answer: unknown[]) => void) => unknown;
  if (call.length < 3) return async (event, context) => call(event, context);
  if (!allowCallbacks) {
    throw runtimeError('CallbackHandlerDeprecated', 'this runtime takes async handlers only, not ones with a callback');
  }
  return (event, context) =>
    new Promise((resolve, reject) => {
      const answered = call(event, context, (error, result) => (error ? reject(error) : resolve(result)));
      if (answered instanceof Promise) answered.then(resolve, reject);
    });
}

async function loadModule(taskRoot: string, moduleName: string): Promise<object> {
  const base = join(taskRoot, moduleName);
  const path = ['.js', '.mjs', '.cjs'].map((ending) => base + ending).find((file) => existsSync(file));
  if (!path) throw runtimeError('ImportModuleError', `Error: Cannot find module '${moduleName}'`);
  try {
    if (path.endsWith('.cjs')) return createRequire(path)(path) as object;
    const loaded = (await import(pathToFileURL(path).href)) as { default?: unknown };
    // CommonJS exports that were not seen by static analysis are still on `default`.
    return typeof loaded.default === 'object' && loaded.default !== null ? { ...loaded.default, ...loaded } : loaded;
  } catch (error) {
    if (error instanceof SyntaxError) throw runtimeError('UserCodeSyntaxError', `SyntaxError: ${error.message}`);
    if (error instanceof Error && 'code' in error && /MODULE_NOT_FOUND/.test(String(error.code))) {
      throw runtimeError('ImportModuleError', `Error: ${error.message}`);
    }
    throw error;
  }
}
