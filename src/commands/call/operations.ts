/** What the tutorial's function does, by the names that it takes. */
export const operations = ['create', 'read', 'update', 'delete', 'list', 'echo', 'ping'] as const;
export type Operation = (typeof operations)[number];

/** The table is named to all but those that need none. */
export const usesTable = (operation: string): boolean => operation !== 'echo' && operation !== 'ping';
