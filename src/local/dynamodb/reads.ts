import type { Call } from '../service.ts';
import { project } from './expressions/project.ts';
import type { Projection } from './expressions/types.ts';
import { expressionsOf } from './expressions-of-call.ts';
import { attributesToGet } from './legacy/attributes-to-get.ts';
import { refuseDuplicates, refuseMixed } from './parameters.ts';
import type { Item } from './values/types.ts';

/** The members by which GetItem, batches and transactions say what of an item they want. */
export interface ProjectionInput {
  ProjectionExpression?: string | undefined;
  AttributesToGet?: string[] | undefined;
  ExpressionAttributeNames?: unknown;
}

/** Undefined: the whole item. Throws AwsError ValidationException. */
export function readProjection(call: Call, input: ProjectionInput): Projection | undefined {
  refuseMixed({ ...input }, { expressions: ['ProjectionExpression'], legacy: ['AttributesToGet'] });
  refuseDuplicates(input.AttributesToGet);
  if (input.ProjectionExpression === undefined) return legacyProjection(input);
  const expressions = expressionsOf(call, input);
  const projection = expressions.projection(input.ProjectionExpression);
  expressions.checkAllUsed();
  return projection;
}

export function legacyProjection({ AttributesToGet: names }: ProjectionInput): Projection | undefined {
  return names && attributesToGet(names);
}

export function projected(projection: Projection | undefined, item: Item): Item {
  return projection ? project(projection, item) : item;
}
