/** Environment variables, passed in so that only `main.ts` reads the process's own. */
export type Environment = Readonly<Record<string, string | undefined>>;
