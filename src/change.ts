/** One property that differs from what the stack asks for. Values are plain JSON; secrets never appear. */
export interface Change {
  property: string;
  from: unknown;
  to: unknown;
  /** True when AWS cannot change it in place. */
  replaces?: boolean;
}
