import type { AttributeValue, Item, TypeName } from '../values/types.ts';

/** Attribute names and list indexes, an attribute name first. */
export type Path = readonly [string, ...(string | number)[]];

export type Comparator = '=' | '<>' | '<' | '<=' | '>' | '>=';

/** What a condition compares: the value at a path, a given value, or the size of what one of them means. */
export type Operand =
  | { kind: 'path'; path: Path }
  | { kind: 'value'; value: AttributeValue }
  | { kind: 'size'; of: Operand };

/** A condition or filter, its names and values resolved. */
export type Condition =
  | { kind: 'and' | 'or'; conditions: Condition[] }
  | { kind: 'not'; condition: Condition }
  | { kind: 'compare'; comparator: Comparator; left: Operand; right: Operand }
  | { kind: 'between'; operand: Operand; low: Operand; high: Operand }
  | { kind: 'in'; operand: Operand; candidates: Operand[] }
  | { kind: 'exists'; path: Path }
  | { kind: 'not exists'; path: Path }
  | { kind: 'type'; operand: Operand; type: TypeName }
  | { kind: 'begins with'; operand: Operand; prefix: Operand }
  | { kind: 'contains'; operand: Operand; member: Operand };

export type RangeOperator = '=' | '<' | '<=' | '>' | '>=' | 'BETWEEN' | 'begins_with';

/** What a key condition says of one attribute. */
export interface KeyTerm {
  name: string;
  operator: RangeOperator;
  values: AttributeValue[];
}

/** A key condition by the key's schema; the attributes stand in its order. */
export interface KeyCondition {
  hash: { name: string; value: AttributeValue }[];
  /** Equalities, but for the last one. */
  range: KeyTerm[];
}

export type Projection = Path[];

export type UpdateOperand =
  | { kind: 'path'; path: Path }
  | { kind: 'value'; value: AttributeValue }
  | { kind: 'if_not_exists'; path: Path; otherwise: UpdateOperand }
  | { kind: 'list_append'; first: UpdateOperand; second: UpdateOperand }
  | { kind: '+' | '-'; left: UpdateOperand; right: UpdateOperand };

/** The changes of an update, each of which means the item as it was. */
export type UpdateAction =
  | { kind: 'SET'; path: Path; value: UpdateOperand }
  | { kind: 'REMOVE'; path: Path }
  | { kind: 'ADD' | 'DELETE'; path: Path; value: AttributeValue };

export interface Update {
  actions: UpdateAction[];
  /** What to answer where ADD or DELETE finds a value of a type that does not fit. */
  typeMismatch: string;
}

/** The expressions of one request, which share its names and values. All methods throw AwsError ValidationException. */
export interface Expressions {
  condition(text: unknown, kind: 'ConditionExpression' | 'FilterExpression'): Condition;
  /** For keyConditionFor, once the key's schema is known. */
  keyCondition(text: unknown): KeyTerm[];
  projection(text: unknown): Projection;
  update(text: unknown): Update;
  /** Refuses names and values that none of the expressions used. */
  checkAllUsed(): void;
}

export interface Updated {
  /** Nothing where nothing was there and nothing is made: removing alone makes no item. */
  item: Item | undefined;
  /** What was changed, for UPDATED_OLD and UPDATED_NEW. */
  paths: Path[];
}
