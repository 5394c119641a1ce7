import { NormalizedSchema } from '@smithy/core/schema';
import type { Service } from '../service.ts';
import { parseRoute, type RestRoute } from './rest.ts';
import { createValidator } from './validate.ts';

/** One operation's shapes, from the schemas that the SDK client exports. */
export interface OperationShapes {
  input: NormalizedSchema;
  output: NormalizedSchema;
}

export interface ErrorShape {
  wireCode: string;
  status: number;
  senderFault: boolean;
  schema: NormalizedSchema;
}

/** A service's operations and errors, looked up once. */
export interface Catalog {
  service: Service;
  operations: Map<string, OperationShapes>;
  /** All that the SDK knows, so that an operation not served is named, and never taken for one that is. */
  routes: RestRoute[];
  errors: Map<string, ErrorShape>;
  /** Throws AwsError for an input that breaks a constraint of the service's models. */
  validate: (operation: string, input: Record<string, unknown>) => void;
}

/** `[9, namespace, name, traits, () => input, () => output]` */
type OperationSchema = [9, string, string, { http?: [string, string, number] } | 0, unknown, unknown];
/** `[-3, namespace, name, traits, memberNames, …]` */
type ErrorSchema = [-3, string, string, ErrorTraits | 0, ...unknown[]];
type ErrorTraits = { error?: 'client' | 'server'; httpError?: number; awsQueryError?: [string, number] };

/** HTTP method and path of an operation of the REST protocol, labels in the path in braces. */
export function httpOf(sdk: Record<string, unknown>, operation: string): [method: string, template: string] {
  const [, , , traits] = sdk[`${operation}$`] as OperationSchema;
  const [method, template] = (traits === 0 ? undefined : traits.http) ?? ['POST', '/'];
  return [method, template];
}

export function buildCatalog(service: Service): Catalog {
  const { constraints, validation, validated } = service;
  const validate = validation ? createValidator(constraints, validation, validated) : () => undefined;
  const catalog: Catalog = { service, operations: new Map(), routes: [], errors: new Map(), validate };
  for (const [name, schema] of Object.entries(service.sdk)) {
    if (!name.endsWith('$') || !Array.isArray(schema)) continue;
    if (schema[0] === 9) addOperation(catalog, schema as OperationSchema);
    else if (schema[0] === -3) addError(catalog, schema as ErrorSchema);
  }
  for (const operation of Object.keys(service.operations)) {
    if (!catalog.operations.has(operation)) throw new Error(`${service.signingName} has no operation ${operation}`);
  }
  return catalog;
}

function addOperation(catalog: Catalog, schema: OperationSchema): void {
  const [, , name, traits, input, output] = schema;
  if (traits !== 0 && traits.http !== undefined) catalog.routes.push(parseRoute(name, traits.http));
  if (!Object.hasOwn(catalog.service.operations, name)) return;
  catalog.operations.set(name, {
    input: NormalizedSchema.of(input as never),
    output: NormalizedSchema.of(output as never),
  });
}

function addError(catalog: Catalog, schema: ErrorSchema): void {
  const [, namespace, name, traits] = schema;
  // The clients' own base class, which is on no wire.
  if (namespace.startsWith('smithy.ts.sdk.synthetic')) return;
  const { error = 'client', httpError, awsQueryError } = traits || {};
  const [queryCode, queryStatus] = catalog.service.protocol === 'query' ? (awsQueryError ?? []) : [];
  catalog.errors.set(name, {
    wireCode: queryCode ?? name,
    status: queryStatus ?? httpError ?? (error === 'client' ? 400 : 500),
    senderFault: error === 'client',
    schema: NormalizedSchema.of(schema as never),
  });
}
