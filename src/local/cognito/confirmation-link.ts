import type { Engine } from '../engine.ts';
import { invalidParameter } from './constraints.ts';
import { currentDomain, domainUrl } from './domains.ts';
import type { Address, ClientRecord, PoolRecord } from './records.ts';

const asksForLinks = ({ settings }: PoolRecord) =>
  settings.VerificationMessageTemplate?.DefaultEmailOption === 'CONFIRM_WITH_LINK';

/** Whether new users are all sent a link, and no code. Phones always get codes. */
export const isConfirmedByLink = (pool: PoolRecord): boolean =>
  asksForLinks(pool) && !pool.settings.AutoVerifiedAttributes?.includes('phone_number');

/** A link leads to the pool's own pages. Throws InvalidParameterException before a user is made who could not be confirmed. */
export function requireLinkTarget(engine: Engine, pool: PoolRecord): void {
  if (asksForLinks(pool) && !currentDomain(engine, pool))
    throw invalidParameter('The embedded engine sends links (CONFIRM_WITH_LINK) only for user pools with a domain.');
}

/** What confirms a new account when it is opened (docs/aws-facts.md#fact-4-12); undefined where the pool sends this address a code. */
export function confirmationLink(
  engine: Engine,
  { pool, client }: { pool: PoolRecord; client: ClientRecord },
  sent: { username: string; address: Address; code: string },
): string | undefined {
  const { username, address, code } = sent;
  const domain = currentDomain(engine, pool);
  if (!asksForLinks(pool) || address.attribute !== 'email' || !domain) return undefined;
  const query = new URLSearchParams({ client_id: client.ClientId, user_name: username, confirmation_code: code });
  return `${domainUrl(engine, domain)}/confirmUser?${query}`;
}
