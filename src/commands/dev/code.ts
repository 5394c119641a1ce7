import type { Aws } from '../../aws/aws.ts';
import { replaceCode } from '../../aws/function-settings.ts';
import { type CodeSource, openCodeSource } from '../../service/code.ts';
import type { FunctionCode } from '../../stack/code.ts';
import { functionNameIn } from '../../stack/names.ts';
import type { Service, ServiceFunction } from '../../stack/service.ts';

/** The code of a service's functions, kept so that a change costs one incremental bundle. */
export interface ServiceCode {
  read(of: ServiceFunction): Promise<FunctionCode>;
  /** Every file that the last good code of the functions was made from, and their entries. */
  sources(): string[];
  /** The last code of a function could not be made. */
  isBroken(): boolean;
  /** Uploads what became other code by a change of these files; answers the functions that run it. Throws `BuildFailed`. */
  swap(aws: Aws, stack: string, changed: ReadonlySet<string>): Promise<string[]>;
  close(): Promise<void>;
}

export function createServiceCode(service: Service): ServiceCode {
  const kept = new Map<string, { source: CodeSource; sha256: string; sources: readonly string[] }>();
  const broken = new Set<string>();

  async function read(of: ServiceFunction): Promise<FunctionCode> {
    const before = kept.get(of.name);
    const source = before?.source ?? openCodeSource(of);
    const entry = of.code.kind === 'tutorial' ? [] : [of.code.entry];
    // Before it is built for the first time, or where that fails, a change of its entry is a reason to try again.
    kept.set(of.name, { sha256: '', sources: entry, ...before, source });
    broken.add(of.name);
    const { sources, ...code } = await source.read();
    broken.delete(of.name);
    kept.set(of.name, { source, sha256: code.sha256, sources: [...new Set([...entry, ...sources])] });
    return code;
  }

  return {
    read,
    isBroken: () => broken.size > 0,
    sources: () => [...kept.values()].flatMap(({ sources }) => [...sources]),
    async swap(aws, stack, changed) {
      const touched = service.functions.filter(
        ({ name }) => broken.has(name) || kept.get(name)?.sources.some((file) => changed.has(file)),
      );
      const swapped = await Promise.all(
        touched.map(async (one) => {
          const before = kept.get(one.name)?.sha256;
          const { zip, sha256 } = await read(one);
          if (sha256 === before) return [];
          await replaceCode(aws, functionNameIn(stack, one.name), zip);
          return [one.name];
        }),
      );
      return swapped.flat();
    },
    async close() {
      await Promise.all([...kept.values()].map(({ source }) => source.close()));
    },
  };
}
