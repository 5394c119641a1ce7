/** The parts of dynalite 4.0.0 that are used: its validation, expressions and item actions, not its server or storage. */

declare module 'dynalite/actions/*.js' {
  /** Calls back once; throws only for what its validation let through. */
  const action: (
    store: unknown,
    data: Record<string, unknown>,
    done: (error: unknown, output?: Record<string, unknown>) => void,
  ) => void;
  export default action;
}

declare module 'dynalite/validations/index.js' {
  /** Converts `data` (and deletes from it what the types do not name). Throws errors with `statusCode` and `body`. */
  export function checkTypes(data: Record<string, unknown>, types: unknown): Record<string, unknown>;
  /** Adds the parsed expressions to `data`. Throws errors with `statusCode` and `body`. */
  export function checkValidations(
    data: Record<string, unknown>,
    types: unknown,
    custom: unknown,
    store: { options: { maxItemSize: number } },
  ): void;
}

declare module 'dynalite/validations/*.js' {
  export const types: unknown;
  export const custom: unknown;
}

declare module 'dynalite/db/index.js' {
  type Item = Record<string, Record<string, unknown>>;
  /** Bytes, as DynamoDB counts them. */
  export function itemSize(item: Item): number;
  export function createKey(item: Item, table: unknown): string;
  export function getIndexActions(
    indexes: unknown[],
    before: Item | undefined,
    after: Item | undefined,
    table: unknown,
  ): { puts: { index: string; key: string; item: Item }[]; deletes: { index: string; key: string }[] };
}
