import { createHmac } from 'node:crypto';
import type { CodeDeliveryDetailsType } from '@aws-sdk/client-cognito-identity-provider';
import type { Engine } from '../engine.ts';
import { putMessage } from './inbox.ts';
import type { Address, PoolRecord, UserRecord } from './records.ts';
import { attributeOf } from './users.ts';

/** `a***@e***`, `+*******0123`: enough to recognise an address of one's own. */
function masked({ attribute, value }: Address): string {
  if (attribute === 'phone_number') return `+*******${value.slice(-4)}`;
  const [name = '', domain = ''] = value.split('@');
  return `${name.slice(0, 1)}***@${domain.slice(0, 1)}***`;
}

const mediumOf = ({ attribute }: Address) => (attribute === 'email' ? 'EMAIL' : 'SMS');

export function deliveryDetails(address: Address): CodeDeliveryDetailsType {
  return { Destination: masked(address), DeliveryMedium: mediumOf(address), AttributeName: address.attribute };
}

/**
 * In place of a message to a user who has none: as many writes, since the time would otherwise tell who exists.
 * Resolves to what the caller is told of it.
 */
export async function simulateDelivery(
  engine: Engine,
  pool: PoolRecord,
  username: string,
): Promise<CodeDeliveryDetailsType> {
  const decoys = engine.store.collection<string>('cognito/decoys');
  for (const [record, bytes] of Object.entries(typicalBytes)) await decoys.put(record, 'x'.repeat(bytes));
  return simulatedDelivery(pool, username);
}

/** Of a user's record with its code, and of a message. */
const typicalBytes = { user: 1_700, message: 300 };

/** What a user who does not exist would have been sent: the same each time for one name. */
function simulatedDelivery(pool: PoolRecord, username: string): CodeDeliveryDetailsType {
  const seed = createHmac('sha256', Buffer.from(pool.sealKey, 'base64')).update(`delivery ${username}`).digest();
  const letter = (at: number) => String.fromCharCode(97 + ((seed[at] ?? 0) % 26));
  const names = [...(pool.settings.AutoVerifiedAttributes ?? []), ...recoveryOrder(pool)];
  if (username.startsWith('+') || (!username.includes('@') && names[0] === 'phone_number')) {
    const digits = String(seed.readUInt16BE(0) % 10_000).padStart(4, '0');
    return deliveryDetails({ attribute: 'phone_number', value: username.startsWith('+') ? username : digits });
  }
  const value = username.includes('@') ? username : `${letter(0)}@${letter(1)}`;
  return deliveryDetails({ attribute: 'email', value });
}

/** Where codes may go that let a user choose a new password; none where only administrators may do that. */
function recoveryOrder(pool: PoolRecord): Address['attribute'][] {
  const mechanisms = pool.settings.AccountRecoverySetting?.RecoveryMechanisms;
  // Without the setting AWS takes a verified phone number first (API reference, ForgotPassword).
  if (!mechanisms?.length) return ['phone_number', 'email'];
  return [...mechanisms]
    .sort((a, b) => (a.Priority ?? 0) - (b.Priority ?? 0))
    .flatMap(({ Name }) =>
      Name === 'verified_email' ? 'email' : Name === 'verified_phone_number' ? 'phone_number' : [],
    );
}

export const isRecoveredByAdminOnly = (pool: PoolRecord): boolean => recoveryOrder(pool).length === 0;

export function recoveryAddress(pool: PoolRecord, user: UserRecord): Address | undefined {
  const attribute = recoveryOrder(pool).find((name) => attributeOf(user, `${name}_verified`) === 'true');
  const value = attribute && attributeOf(user, attribute);
  return attribute && value ? { attribute, value } : undefined;
}

/** Where a new user's code goes: the phone where the pool verifies both and the user has both (DG, verification). */
export function addressToVerify(pool: PoolRecord, user: UserRecord): Address | undefined {
  const verified = pool.settings.AutoVerifiedAttributes ?? [];
  for (const attribute of ['phone_number', 'email'] as const) {
    const value = attributeOf(user, attribute);
    if (verified.includes(attribute) && value) return { attribute, value };
  }
  return undefined;
}

export type MessageKind = 'verification' | 'password' | 'invitation';

/** The pool's own words, else AWS's. */
function wordsOf(pool: PoolRecord, kind: MessageKind): { subject: string; email: string; sms: string } {
  const { settings } = pool;
  if (kind === 'invitation') {
    const { EmailSubject, EmailMessage, SMSMessage } = settings.AdminCreateUserConfig?.InviteMessageTemplate ?? {};
    const usual = 'Your username is {username} and temporary password is {####}.';
    return {
      subject: EmailSubject ?? 'Your temporary password',
      email: EmailMessage ?? usual,
      sms: SMSMessage ?? usual,
    };
  }
  const { EmailSubject, EmailMessage, SmsMessage } = settings.VerificationMessageTemplate ?? {};
  const noun = kind === 'password' ? 'password reset code' : 'verification code';
  return {
    subject: EmailSubject ?? settings.EmailVerificationSubject ?? `Your ${noun}`,
    email: EmailMessage ?? settings.EmailVerificationMessage ?? `Your ${noun} is {####}`,
    sms: SmsMessage ?? settings.SmsVerificationMessage ?? `Your ${noun} is {####}`,
  };
}

/** The pool's own words for a mail with a link, else ones of our own; `{##…##}` in them is what the link is called. */
function linkWordsOf({ settings }: PoolRecord): { subject: string; email: string } {
  const { EmailSubjectByLink, EmailMessageByLink } = settings.VerificationMessageTemplate ?? {};
  return {
    subject: EmailSubjectByLink ?? 'Your verification link',
    email: EmailMessageByLink ?? 'Open this link to verify your e-mail address: {##Verify email##}',
  };
}

/** Puts the message into the local inbox, and resolves to what the caller is told of it. Nothing leaves this machine. */
export async function deliver(
  engine: Engine,
  pool: PoolRecord,
  message: { user: UserRecord; address: Address; kind: MessageKind; code: string; link?: string | undefined },
): Promise<CodeDeliveryDetailsType> {
  const { user, address, kind, code, link } = message;
  const medium = mediumOf(address);
  const { subject, email, sms } = { ...wordsOf(pool, kind), ...(link !== undefined && linkWordsOf(pool)) };
  const fill = (text: string) =>
    text
      .replace(link === undefined ? /(?!)/ : /\{##(.*?)##\}/gs, (_all, name: string) => `${name} <${link}>`.trimStart())
      .replaceAll('{####}', () => code)
      .replaceAll('{username}', () => user.username);
  await putMessage(engine, {
    poolId: pool.id,
    pool: pool.name,
    username: user.username,
    medium,
    to: address.value,
    ...(medium === 'EMAIL' && { subject: fill(subject) }),
    text: fill(medium === 'EMAIL' ? email : sms),
    code,
    ...(link !== undefined && { link }),
  });
  return deliveryDetails(address);
}
