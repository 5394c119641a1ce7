import type { Existing, Resource, Tags } from '../aws/resource.ts';
import type { ResourceType } from '../resource-types.ts';
import type { FunctionCode } from './code.ts';
import type { Place } from './place.ts';
import type { Service, ServiceFunction } from './service.ts';
import type { SettingValues } from './settings.ts';
import type { TerraformBlock } from './terraform-blocks.ts';

/** What a node is known by in its stack: `table:orders`, `method:POST /orders`. Its type says how it is read. */
export type NodeId<Actual extends Existing = Existing> = string & { readonly reads?: Actual };

/** What is known while the pipeline runs: where, what is asked for, and what exists so far. */
export interface Known {
  place: Place;
  stack: string;
  service: Service;
  settings(): SettingValues;
  tags(type: ResourceType): Tags;
  actual<Actual extends Existing>(id: NodeId<Actual>): Actual | undefined;
  /** True of what this run is to remove. */
  goes(id: NodeId): boolean;
  /** Paths of the API that left the service with all their methods. */
  formerPaths(): string[];
  adopt: boolean;
  code: (of: ServiceFunction) => Promise<FunctionCode>;
  password: () => Promise<string>;
  /** True in the single steps of the tutorial, where a method without an authorizer is open until its step comes. */
  stepwise: boolean;
}

interface Definition {
  id: NodeId;
  type: ResourceType;
  /** What it is made inside of; gone with that. */
  inside?: NodeId;
  /** It can be read without knowing what it is inside of. */
  readsAlone?: boolean;
  /** It holds data or sign-ins, or what those cannot do without. */
  holdsData?: boolean;
  /** The stack works without it where an endpoint does not serve it. */
  optional?: boolean;
  /** Whether the settings ask for it; without this, they all do. What exists and is not asked for is removed. */
  wanted?(known: Known): boolean;
  name(known: Known): string;
  /** Its tags beside those of its type. */
  ownTags?(): Tags;
  /** What IAM knows it and what is in it by, to narrow an operator's policy. */
  arns?(known: Known): string[];
  /** How the tutorial makes it by hand in the AWS console, in a line. */
  consoleStep: string;
}

/** How Terraform's AWS provider makes it. */
export interface TerraformExport<Desired, Actual> {
  /** What other resources know it by, as expressions; the members that their definitions ask for. */
  reference?(label: string, known: Known): Actual;
  blocks(desired: Desired, at: TerraformPlace<Actual>): TerraformBlock[];
}

export interface TerraformPlace<Actual> {
  /** Unique among the nodes of its type. */
  label: string;
  /** As it exists, to be imported. */
  actual: Actual | undefined;
}

/** One resource of a stack: all that is known of it except the calls that create it, which are its `resource`. */
export interface Node extends Definition {
  terraform: TerraformExport<object, Existing>;
  /** Must exist before it is created. */
  after: NodeId[];
  /** Of these, what cannot be removed before it is. */
  holds: NodeId[];
  /** What to read it by; undefined: what it is inside of is not there, so neither is it. */
  key(known: Known): object | undefined;
  desired(known: Known): object | Promise<object>;
  resource: Resource<object, Existing>;
}

/** Ties a node's desired state to its resource's types; from here on the pipeline treats all alike. */
export function node<Desired extends object, Actual extends Existing>(
  definition: Definition & {
    after?: NodeId[];
    holds?: NodeId[];
    key(known: Known): Desired | undefined;
    /** What takes time to find out, and reading does without. */
    desired?(known: Known): Promise<Desired>;
    resource: Resource<Desired, Actual>;
    terraform: TerraformExport<Desired, Actual>;
  },
): Node {
  const { key, desired } = definition;
  return {
    after: [],
    holds: [],
    ...definition,
    desired(known) {
      const wanted = desired ? desired(known) : key(known);
      if (!wanted) throw new Error(`${definition.id} is wanted before what it is inside of is there`);
      return wanted;
    },
    // The pipeline gives each resource only what its own node and its own functions made.
    resource: definition.resource as unknown as Resource<object, Existing>,
    terraform: definition.terraform as unknown as TerraformExport<object, Existing>,
  };
}

/** An id that AWS has yet to give; no real one looks like it. */
export const unknownId = '(new)';
