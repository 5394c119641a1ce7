import { afterAll, beforeAll, it } from 'vitest';
import { type Installation, install } from './dynops.ts';
import { upAtOnce } from './up-at-once.ts';

let dynops: Installation;
beforeAll(async () => {
  dynops = await install();
});
afterAll(() => dynops.remove());

it.each([1, 2, 3])('several `up` at once leave a user who can sign in: round %i', () => upAtOnce(dynops));
