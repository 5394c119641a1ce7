import type { Change } from '../change.ts';
import type { Aws } from './aws.ts';

export type Tags = Record<string, string>;

/** What every resource that exists is known by. */
export interface Existing {
  /** ARN, or the id where there is none. */
  id: string;
  /** undefined: it carries none of its own, and belongs to what it is inside of. */
  tags?: Tags;
  /** False: the endpoint does not tell tags, so whose it is cannot be known. */
  tagsKnown?: boolean;
  /** What carries no tags is inside of something that is not this stack's. */
  foreign?: boolean;
  /** It is protected from being deleted, and this AWS CLI command ends that. */
  protection?: string;
}

/** Told while something is waited for. */
export type OnWait = (reason: string) => void;

/**
 * One kind of resource. The pipeline calls these and nothing else.
 * All throw DynopsError with AWS's own error name and request id.
 */
export interface Resource<Desired, Actual extends Existing> {
  /** undefined: it does not exist. */
  read(aws: Aws, desired: Desired): Promise<Actual | undefined>;
  /** Pure: what differs, tags left aside. */
  compare(desired: Desired, actual: Actual): Change[];
  /** Makes it, and waits until it can be used. */
  create(aws: Aws, desired: Desired, onWait: OnWait): Promise<Actual>;
  /** Makes `actual` as desired, tags left aside, and waits until it is. */
  update(aws: Aws, change: { desired: Desired; actual: Actual; changes: Change[]; onWait: OnWait }): Promise<Actual>;
  /** Removes it, and waits until it is gone. What is gone already is no error. */
  remove(aws: Aws, actual: Actual, onWait: OnWait): Promise<void>;
  /** Of what carries tags of its own. */
  tagging?: Tagging<Actual>;
}

/** Changes some of the tags of what stands; the others stay. */
export interface Tagging<Actual extends Existing> {
  set(aws: Aws, actual: Actual, tags: Tags): Promise<unknown>;
  remove(aws: Aws, actual: Actual, keys: string[]): Promise<unknown>;
}

export interface TagChanges {
  set: Tags;
  remove: string[];
}

/** What carries tags of its own, as it was read. */
export interface Tagged extends Existing {
  tags: Tags;
}

/** `{ property, from, to }` for each that differs; objects are compared by content. */
export function differences(wanted: Record<string, unknown>, found: Record<string, unknown>): Change[] {
  return Object.entries(wanted)
    .filter(([property, to]) => canonical(to) !== canonical(found[property]))
    .map(([property, to]) => ({ property, from: found[property] ?? null, to }));
}

/** JSON with sorted keys, so that the order in which AWS answers does not count. */
export function canonical(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) =>
    typeof inner === 'object' && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
}

/** Sorted copy, for lists whose order means nothing. */
export const sorted = (list: readonly string[] | undefined) => [...(list ?? [])].sort();

export function tagList(tags: Tags): { Key: string; Value: string }[] {
  return Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
}

export function tagRecord(list: { Key?: string | undefined; Value?: string | undefined }[] | undefined): Tags {
  return Object.fromEntries((list ?? []).map(({ Key = '', Value = '' }) => [Key, Value]));
}

/** Our tags that are missing or wrong, and ours that should not be there. Tags that are not dynops's are left alone. */
export function tagChanges(wanted: Tags, found: Tags): TagChanges {
  return {
    set: Object.fromEntries(Object.entries(wanted).filter(([key, value]) => found[key] !== value)),
    remove: Object.keys(found).filter((key) => key.startsWith('dynops:') && !Object.hasOwn(wanted, key)),
  };
}
