import type { AttributeValue } from './types.ts';

/** Negative, 0, positive; nothing where the two have no order between them (other types, or types without an order). */
export function compareValues(left: AttributeValue, right: AttributeValue): number | undefined {
  throw new Error(`not there yet: ${left} ${right}`);
}

/** Deep; sets whatever their order; numbers by value. */
export function equalValues(left: AttributeValue, right: AttributeValue): boolean {
  throw new Error(`not there yet: ${left} ${right}`);
}
