import type { ChangingCall } from '../aws/watched.ts';
import type { Change } from '../change.ts';
import type { ResourceType } from '../resource-types.ts';

/** What a step did, or in a plan would do. */
export type Action = 'created' | 'updated' | 'replaced' | 'unchanged' | 'adopted' | 'deleted' | 'absent' | 'kept';

/** Whether it changes anything. A table that left the service and is kept is as it was. */
export const isChange = (action: Action) => !['unchanged', 'absent', 'kept'].includes(action);

export type ResourceState = 'present' | 'absent' | 'drifted' | 'foreign';

export interface ResourceReport {
  type: ResourceType;
  name: string;
  /** ARN or id; null while it does not exist. */
  id: string | null;
  action: Action;
  ms: number;
  changes?: Change[];
}

export interface ResourceStatus {
  type: ResourceType;
  name: string;
  id: string | null;
  state: ResourceState;
  drift?: Change[];
}

/** What every stack command returns in addition to its resources. null: not there (yet). */
export interface StackSummary {
  target: 'local' | 'aws' | 'endpoint';
  stack: string;
  account: string;
  region: string;
  /** The full URL to POST to: `https://…/prod/DynamoDBManager`. */
  apiUrl: string | null;
  userPoolId: string | null;
  clientId: string | null;
  domainUrl: string | null;
  /** The sign-in page of the app client, ready to be opened. */
  signInUrl: string | null;
  username: string | null;
}

export interface StackReport extends StackSummary {
  ok: boolean;
  resources: ResourceReport[];
  elapsedMs: number;
}

export interface StackStatus extends StackSummary {
  ok: boolean;
  inSync: boolean;
  resources: ResourceStatus[];
  /** Settings of an existing resource that are not compared, in words. */
  notCompared: Partial<Record<ResourceType, readonly string[]>>;
  elapsedMs: number;
}

/** Progress while the pipeline runs; reporters draw it. */
export type StackEvent =
  | { kind: 'started'; type: ResourceType; name: string; doing: 'creating' | 'updating' | 'deleting' }
  /** `secrets`: variables of functions whose values are not to be shown. */
  | {
      kind: 'called';
      type: ResourceType;
      name: string;
      call: ChangingCall;
      consoleStep: string;
      secrets: readonly string[];
    }
  | { kind: 'waiting'; type: ResourceType; name: string; reason: string; elapsedMs: number }
  | { kind: 'finished'; type: ResourceType; name: string; action: Action; ms: number }
  | { kind: 'failed'; type: ResourceType; name: string; message: string }
  /** `about`: what the command line has advice on. */
  | { kind: 'note'; message: string; about?: 'open-method' | 'undeployed' | 'no-sms-role' };
