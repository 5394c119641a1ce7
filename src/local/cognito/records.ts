import type {
  AttributeType,
  CreateUserPoolRequest,
  SchemaAttributeType,
  UserPoolClientType,
  UserStatusType,
} from '@aws-sdk/client-cognito-identity-provider';

/** What CreateUserPool and UpdateUserPool set, AWS's defaults filled in. */
export type PoolSettings = Omit<CreateUserPoolRequest, 'PoolName' | 'UserPoolTags' | 'Schema'>;

/** RSA key of a pool; the private half never leaves the store. */
export interface SigningKey {
  kid: string;
  /** PKCS#8. */
  privatePem: string;
  /** Modulus and exponent, base64url, as the JWKS publishes them. */
  n: string;
  e: string;
}

export type ClientRecord = Omit<UserPoolClientType, 'ClientId' | 'ClientName' | 'CreationDate' | 'LastModifiedDate'> & {
  ClientId: string;
  ClientName: string;
  createdAtMs: number;
  modifiedAtMs: number;
};

export interface DomainRecord {
  prefix: string;
  createdAtMs: number;
  /** CREATING until then. */
  activeAtMs: number;
  /** DELETING until then, and gone afterwards. */
  goneAtMs?: number;
  managedLoginVersion: number;
}

export interface ResourceServerRecord {
  identifier: string;
  name: string;
  scopes: { ScopeName: string; ScopeDescription: string }[];
}

export interface GroupRecord {
  name: string;
  description?: string;
  roleArn?: string;
  precedence?: number;
  createdAtMs: number;
  modifiedAtMs: number;
}

export interface BrandingRecord {
  id: string;
  /** Absent: the pool's own style. */
  clientId?: string;
  useProvidedValues: boolean;
  settings?: unknown;
  createdAtMs: number;
  modifiedAtMs: number;
}

export interface CustomizationRecord {
  /** `ALL` or a client's id. */
  clientId: string;
  css?: string;
  version: string;
  createdAtMs: number;
  modifiedAtMs: number;
}

/** A user pool with all its children but the users. Lists, not objects by name: names come from callers (`__proto__`). */
export interface PoolRecord {
  /** `us-east-1_` and nine letters or digits. */
  id: string;
  region: string;
  arn: string;
  name: string;
  createdAtMs: number;
  modifiedAtMs: number;
  settings: PoolSettings;
  schema: SchemaAttributeType[];
  tags: Record<string, string>;
  /** Cognito signs id and access tokens with different keys (docs/aws-facts.md#fact-4-11). */
  keys: { id: SigningKey; access: SigningKey };
  /** Base64, 32 bytes: seals refresh tokens. */
  sealKey: string;
  clients: ClientRecord[];
  domain?: DomainRecord;
  resourceServers: ResourceServerRecord[];
  groups: GroupRecord[];
  brandings: BrandingRecord[];
  customizations: CustomizationRecord[];
}

/** scrypt's cost is kept with the hash, so that it can be raised later. */
export interface PasswordHash {
  /** Base64. */
  salt: string;
  hash: string;
  cost: number;
}

export interface PasswordRecord extends PasswordHash {
  /** Hex, for SRP sign-ins; see `srp.ts` for what keeping a verifier means. */
  srpSalt: string;
  srpVerifier: string;
  /** A temporary password ends then. */
  expiresAtMs?: number;
}

export interface Address {
  attribute: 'email' | 'phone_number';
  value: string;
}

/** What a code is for: a new account, a new password, or an address to be verified. */
export type CodePurpose = 'sign-up' | 'password' | Address['attribute'];

export interface CodeRecord {
  /** Six digits. */
  code: string;
  /** Where it was sent; it proves this address and no other. */
  address: Address;
  expiresAtMs: number;
  /** The user has the address only once the code has proved it. */
  isPending?: true;
}

export interface UserRecord {
  poolId: string;
  /** As it was first written; it never changes. */
  username: string;
  sub: string;
  enabled: boolean;
  status: UserStatusType;
  createdAtMs: number;
  modifiedAtMs: number;
  /** Without `sub`. */
  attributes: AttributeType[];
  groups: string[];
  password?: PasswordRecord;
  /** Those sent and not used yet. */
  codes?: Partial<Record<CodePurpose, CodeRecord>>;
  /** Newest first, for pools with PasswordHistorySize. */
  formerPasswords?: PasswordHash[];
  /** Tokens issued before then are refused by the user pool's own API (global sign-out). */
  signedOutAtMs?: number;
}
