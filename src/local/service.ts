import type { Session } from './credentials.ts';
import type { Engine } from './engine.ts';
import type { Constraints } from './wire/validate.ts';
import type { ValidationStyle } from './wire/violations.ts';

export { AwsError } from './aws-error.ts';

/** Who signed a request. `role`: a session of a role, which a running function or a caller of AssumeRole has. */
export type Principal =
  | { kind: 'root'; arn: string; isSession?: boolean }
  | { kind: 'role'; arn: string; roleArn: string; session: Session }
  | { kind: 'anonymous' };

/** One AWS API call as an operation sees it. */
export interface Call {
  engine: Engine;
  /** From the request's credential scope; regional resources are kept per region. */
  region: string;
  requestId: string;
  principal: Principal;
  /** Whether the sender has hung up: it will never know what came of the call. The engine's own calls have none. */
  isAbandoned?: () => boolean;
}

/** Wire protocols of the services served. */
export type Protocol = 'query' | 'json-1.0' | 'json-1.1' | 'rest-json';

export interface NeededPermission {
  /** `dynamodb:PutItem` */
  action: string;
  /** ARN, or `*` */
  resource: string;
  /** See AccessRequest. */
  admits?: (callers: string[]) => boolean;
}

/** An operation once its table is checked: the codec hands it what it read by the operation's own schema. */
export type Operation = (input: Record<string, unknown>, call: Call) => unknown;

/**
 * One AWS service of the engine: the SDK's published schemas, and one typed function for each operation served.
 * Anything not in `operations` is answered with an AWS-style error that names the operation.
 */
export interface Service {
  /** SigV4 scope name: `iam`, `lambda`, `apigateway`, `dynamodb`, `cognito-idp`, `sts`, `logs`, `xray`. */
  signingName: string;
  protocol: Protocol;
  /** `X-Amz-Target` prefix of the JSON protocols, as `DynamoDB_20120810`. */
  targetPrefix?: string;
  /** `Version` and XML namespace of the query protocol. */
  version?: string;
  xmlNamespace?: string;
  /** The SDK client package's exports: `CreateRole$`, `CreateRoleRequest$`, `NoSuchEntityException$`, … */
  sdk: Record<string, unknown>;
  operations: Record<string, Operation>;
  /** Stands around every call of an operation, as its concurrency rules ask. */
  around?: (operation: string, input: Record<string, unknown>, call: Call, run: () => unknown) => unknown;
  /**
   * The operations take the request's JSON and return the answer's JSON as they are on the wire (blobs in base64,
   * times in seconds), without the schema codec. DynamoDB's: item traffic pays no translation, and malformed
   * attribute values are answered in DynamoDB's own words.
   */
  rawJson?: boolean;
  /** The longest body that is read; without it the server's own limit. */
  maxBodyBytes?: number;
  /** What AWS's published models require of inputs, and which operations need no signature. */
  constraints: Constraints;
  /** How inputs that break them are refused; without it the operations look at their inputs themselves. */
  validation?: ValidationStyle;
  /** The members of inputs that are refused so; without it all. The operations look at the others themselves. */
  validated?: ReadonlySet<string>;
  /** What a function's role must allow for this call; default: `signingName:Operation` on `*`. */
  permission?: (operation: string, input: Record<string, unknown>, call: Call) => NeededPermission[];
}
