import { expect } from 'vitest';
import type { Installation } from './dynops.ts';

export const signsIn = (dynops: Installation) => dynops.run(['token', '--refresh']);

/** Five `up` from nothing side by side, and what must then be; takes everything down again. */
export async function upAtOnce(dynops: Installation): Promise<void> {
  const outcomes = await Promise.all(Array.from({ length: 5 }, () => dynops.run(['up'])));
  expect(outcomes.some(({ status }) => status === 0)).toBe(true);
  await expect(dynops.run(['up'])).resolves.toMatchObject({ status: 0 });
  await expect(signsIn(dynops)).resolves.toMatchObject({ status: 0 });
  await expect(dynops.run(['down', '--yes'])).resolves.toMatchObject({ status: 0 });
}
