import { AwsError } from '../service.ts';
import type { RoleRecord } from './roles.ts';

/** What an account has where nobody asked for more; white space does not count: docs/aws-facts.md#fact-2-8. */
const quotas = { PoliciesPerRole: 10, PolicySize: 6_144, ACLSizePerRole: 2_048 };
const inlineSize = 10_240;

const sizeOf = (document: string) => document.replaceAll(/\s/g, '').length;
const exceeded = (message: string) => new AwsError('LimitExceededException', message);

function checkQuota(name: keyof typeof quotas, asked: number): void {
  if (asked > quotas[name]) throw exceeded(`Cannot exceed quota for ${name}: ${quotas[name]}`);
}

/** Throws AwsError LimitExceededException, as all of these do. */
export const checkManagedSize = (document: string) => checkQuota('PolicySize', sizeOf(document));
export const checkTrustSize = (document: string) => checkQuota('ACLSizePerRole', sizeOf(document));
export const checkAttached = (arns: string[]) => checkQuota('PoliciesPerRole', arns.length);

/** A role's own policies share one bound. */
export function checkInlineSize({ name, inline }: RoleRecord): void {
  const size = Object.values(inline).reduce((sum, document) => sum + sizeOf(document), 0);
  if (size > inlineSize) throw exceeded(`Maximum policy size of ${inlineSize} bytes exceeded for role ${name}`);
}
