/**
 * Writes src/local/<service>/constraints.json: what AWS's published models require of inputs (lengths, ranges, patterns, enums,
 * required members), which of their numbers are no Integers, and which operations need no signature. The SDK's own schemas carry none of it.
 *
 *   node scripts/constraints.mjs BOTOCORE     BOTOCORE: botocore's folder (python3 -c "import botocore; print(botocore.__path__[0])")
 *
 * The models are botocore's (Apache License 2.0), `data/<service>/<version>/service-2.json.gz`; each file says of which version.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';

const services = {
  apigateway: '2015-07-09',
  'cognito-idp': '2016-04-18',
  dynamodb: '2012-08-10',
  dynamodbstreams: '2012-08-10',
  iam: '2010-05-08',
  lambda: '2015-03-31',
  logs: '2014-03-28',
  sts: '2011-06-15',
  xray: '2016-04-12',
};
const folders = { 'cognito-idp': 'cognito', dynamodbstreams: 'dynamodb/streams' };

/** AWS prints a set's values in the order of its hash table; where a recording shows it, this is it. */
const recordedOrders = [
  ['PRIVATE', 'EDGE', 'REGIONAL'],
  ['add', 'remove', 'move', 'test', 'replace', 'copy'],
  ['HTTP', 'MOCK', 'AWS_PROXY', 'HTTP_PROXY', 'AWS'],
  ['PublishedVersions', 'None'],
  [
    ['REQUEST_TOO_LARGE', 'RESOURCE_NOT_FOUND', 'AUTHORIZER_CONFIGURATION_ERROR', 'MISSING_AUTHENTICATION_TOKEN'],
    ['BAD_REQUEST_BODY', 'INVALID_SIGNATURE', 'INVALID_API_KEY', 'BAD_REQUEST_PARAMETERS', 'AUTHORIZER_FAILURE'],
    ['UNAUTHORIZED', 'INTEGRATION_TIMEOUT', 'ACCESS_DENIED', 'DEFAULT_4XX', 'DEFAULT_5XX', 'WAF_FILTERED'],
    ['QUOTA_EXCEEDED', 'THROTTLED', 'API_CONFIGURATION_ERROR', 'UNSUPPORTED_MEDIA_TYPE', 'INTEGRATION_FAILURE'],
    ['EXPIRED_TOKEN'],
  ].flat(),
].map((order) => ({ order, key: keyOf(order) }));

/** Regions of the European cloud, which the recordings of 2026 have in Lambda's patterns and its models have not. */
const sinceModels = (pattern) => pattern.replaceAll('[a-z]{2}((-gov)', '(eusc-)?[a-z]{2}((-gov)');

/** What recordings of 2026 show of shapes for which the models have something else. */
const recorded = {
  lambda: {
    LayerVersionArn: {
      min: 1,
      max: 2048,
      pattern:
        '(arn:(aws[a-zA-Z-]*)?:lambda:[a-z]{2}((-gov)|(-iso([a-z]?)))?-[a-z]+-\\d{1}:\\d{12}:layer:[a-zA-Z0-9-_]+:[0-9]+)|(arn:[a-zA-Z0-9-]+:lambda:::awslayer:[a-zA-Z0-9-_]+)',
    },
    Qualifier: { min: 1, max: 128, pattern: '\\$(LATEST(\\.PUBLISHED)?)|[a-zA-Z0-9-_$]+' },
    TaggableResource: {
      min: 1,
      max: 256,
      pattern:
        'arn:(aws[a-zA-Z-]*):lambda:[a-z]{2}((-gov)|(-iso([a-z]?)))?-[a-z]+-\\d{1}:\\d{12}:(function:[a-zA-Z0-9-_]+(:(\\$LATEST|[a-zA-Z0-9-_]+))?|layer:([a-zA-Z0-9-_]+)|code-signing-config:csc-[a-z0-9]{17}|event-source-mapping:[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}|capacity-provider:[a-zA-Z0-9-_]+)',
    },
  },
};

/** Enums and bounds that the models have for other uses of a shape: the operations look at these themselves. */
const leftToOperations = {
  lambda: { Runtime: ['enum'], MemorySize: ['max'], ReservedConcurrentExecutions: ['min'] },
  logs: { LogGroupName: ['max'], LogStreamName: ['max'] },
};

/** Those that are no Integers, by their names in Java, which AWS's messages have. The SDK's schemas do not tell them apart. */
const numberKinds = { long: 'Long', double: 'Double', float: 'Double' };

function keyOf(values) {
  return [...values].sort().join();
}

function inRecordedOrder(values) {
  return recordedOrders.find(({ key }) => key === keyOf(values))?.order ?? values;
}

/** A shape's own constraints and those of what it holds; undefined: none. */
function describe(shape, constrained) {
  const refer = (to) => (to !== undefined && constrained.has(to.shape) ? to.shape : undefined);
  if (shape.type === 'structure') {
    const members = {};
    for (const [name, member] of Object.entries(shape.members)) {
      const isRequired = shape.required?.includes(name);
      const of = refer(member);
      if (!isRequired && of === undefined) continue;
      const inPath = member.location === undefined || member.location === 'header' ? undefined : member.location;
      members[name] = {
        ...(isRequired && { required: true }),
        ...(of && { shape: of }),
        ...(inPath && { in: inPath }),
      };
    }
    return Object.keys(members).length > 0 ? { members } : undefined;
  }
  const found = {
    ...(shape.min !== undefined && { min: shape.min }),
    ...(shape.max !== undefined && { max: shape.max }),
    ...(shape.pattern !== undefined && { pattern: sinceModels(shape.pattern) }),
    ...(shape.enum !== undefined && { enum: inRecordedOrder(shape.enum) }),
  };
  const [of, key, value] = [refer(shape.member), refer(shape.key), refer(shape.value)];
  const all = { ...found, ...(of && { of }), ...(key && { key }), ...(value && { value }) };
  if (Object.keys(all).length === 0) return undefined;
  const isFraction = shape.type === 'double' || shape.type === 'float';
  return { ...(isFraction && { fraction: true }), ...(shape.sensitive && { sensitive: true }), ...all };
}

function constraintsOf(model, source) {
  const constrained = new Set();
  let described;
  let before;
  for (const [name, constraints] of Object.entries(recorded[model.metadata.endpointPrefix] ?? {})) {
    Object.assign(model.shapes[name], constraints);
  }
  for (const [name, constraints] of Object.entries(leftToOperations[model.metadata.endpointPrefix] ?? {})) {
    for (const constraint of constraints) delete model.shapes[name][constraint];
  }
  do {
    before = constrained.size;
    described = {};
    for (const [name, shape] of Object.entries(model.shapes)) {
      const found = describe(shape, constrained);
      if (found === undefined) continue;
      constrained.add(name);
      described[name] = found;
    }
  } while (constrained.size > before);
  const shapes = {};
  const keep = (name) => {
    if (name === undefined || shapes[name] !== undefined || described[name] === undefined) return;
    const shape = described[name];
    shapes[name] = shape;
    for (const member of Object.values(shape.members ?? {})) keep(member.shape);
    for (const part of ['of', 'key', 'value']) keep(shape[part]);
  };
  const inputs = {};
  const unsigned = [];
  const numbers = {};
  const seen = new Set();
  const addNumbers = (name) => {
    if (seen.has(name)) return;
    seen.add(name);
    const { members = {}, member, value } = model.shapes[name];
    for (const [of, { shape }] of [
      ...Object.entries(members).map(([each, to]) => [`${name}.${each}`, to]),
      ...[member, value].filter(Boolean).map((to) => [name, to]),
    ]) {
      const kind = numberKinds[model.shapes[shape].type];
      if (kind) numbers[of] = kind;
      addNumbers(shape);
    }
  };
  for (const [name, { input, authtype }] of Object.entries(model.operations)) {
    if (authtype === 'none') unsigned.push(name);
    if (input) addNumbers(input.shape);
    if (input === undefined || described[input.shape] === undefined) continue;
    inputs[name] = input.shape;
    keep(input.shape);
  }
  return { source, unsigned, numbers, inputs, shapes };
}

/** A shape a line, so that what a newer model changes can be seen. */
function inLines({ shapes, ...others }) {
  const lines = Object.entries(shapes).map(([name, shape]) => `${JSON.stringify(name)}:${JSON.stringify(shape)}`);
  return `${JSON.stringify(others).slice(0, -1)},\n"shapes":{\n${lines.join(',\n')}\n}}\n`;
}

const [botocore = ''] = process.argv.slice(2);
const [, version] = /__version__ = '([^']+)'/.exec(readFileSync(join(botocore, '__init__.py'), 'utf8')) ?? [];
for (const [service, api] of Object.entries(services)) {
  const file = join(botocore, 'data', service, api, 'service-2.json.gz');
  const model = JSON.parse(gunzipSync(readFileSync(file)));
  const constraints = constraintsOf(model, `botocore ${version}, ${service} ${api}`);
  const target = new URL(`../src/local/${folders[service] ?? service}/constraints.json`, import.meta.url);
  writeFileSync(target, inLines(constraints));
}
