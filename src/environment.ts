/** Environment variables, passed in so that only the command line reads the process's own. */
export type Environment = Readonly<Record<string, string | undefined>>;
