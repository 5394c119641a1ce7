import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { runtimeError } from './describe-error.ts';
import servedSdk from './function-sdk.json' with { type: 'json' };
import { streamsAnswer } from './response-stream.ts';

export interface Handler {
  call: (...args: unknown[]) => unknown;
  /** `(event, stream, context)` */
  streams: boolean;
  isAsync: boolean;
  /** Callbacks and `context.done` are there; what a handler returns counts where it is a promise only. */
  takesCallbacks: boolean;
}

/** `folder/index.handler` → the function. `runtime`: `nodejs22.x`. Throws errors that Lambda names `Runtime.…`. */
export async function loadHandler(options: { taskRoot: string; handler: string; runtime: string }): Promise<Handler> {
  const { taskRoot, handler, runtime } = options;
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
  const call = found as Handler['call'];
  const streams = Reflect.get(call, streamsAnswer) === 'response';
  const takesCallbacks = Number(/^nodejs(\d+)/.exec(runtime)?.[1] ?? 0) < 24;
  if (!takesCallbacks && !streams && call.length >= 3) {
    throw runtimeError(
      'CallbackHandlerDeprecated',
      'ERROR: AWS Lambda has removed support for callback-based function handlers starting with Node.js 24. You need to modify this function to use a supported handler signature to use Node.js 24 or later.',
    );
  }
  return { call, streams, isAsync: call.constructor.name === 'AsyncFunction', takesCallbacks };
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
      throw runtimeError('ImportModuleError', `Error: ${error.message}${whatTheSdkHas(error.message)}`);
    }
    throw error;
  }
}

/** Lambda brings the whole SDK; dynops, a part of it. */
function whatTheSdkHas(message: string): string {
  if (!/'@(aws-sdk|smithy)\//.test(message)) return '';
  return `\nThe engine provides ${servedSdk.join(', ')}; any other package of the SDK must be in the function's zip.`;
}
