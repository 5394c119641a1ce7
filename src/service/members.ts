import { httpMethods } from '../stack/service.ts';
import type { Member, Shape } from './shape.ts';

/**
 * What `dynops.json` may hold of a service. The checks, the shipped JSON Schema and docs/service.md come from here.
 * Bounds are AWS's: Lambda's and DynamoDB's quotas, API Gateway's for one API.
 */

export const mostFunctions = 50;
export const mostTables = 50;
export const mostIndexes = 20;
/** https://docs.aws.amazon.com/apigateway/latest/developerguide/limits.html: 300 resources an API. */
export const mostRoutes = 250;

const name = /^[a-z](?:-?[a-z0-9])*$/;

/** A function's or table's name in the file; with the stack's name before it, it must fit Lambda's 64 characters. */
function nameProblem(text: string): string | undefined {
  return name.test(text) && text.length <= 32
    ? undefined
    : 'must be 1 to 32 lower-case letters, digits and single hyphens, beginning with a letter';
}

function indexProblem(text: string): string | undefined {
  return /^[\w.-]{3,255}$/.test(text) ? undefined : 'must be 3 to 255 letters, digits, "_", "-" and "."';
}

/** https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html: reserved variables cannot be set. */
const reservedVariables = /^(?:_HANDLER|_X_AMZN_TRACE_ID|AWS_|LAMBDA_|_LAMBDA)/;

function variableProblem(text: string): string | undefined {
  if (!/^[A-Za-z][A-Za-z0-9_]+$/.test(text)) {
    return 'must be two or more letters, digits and "_", beginning with a letter';
  }
  return reservedVariables.test(text) ? 'is set by Lambda itself' : undefined;
}

export const routePattern = new RegExp(`^(${httpMethods.join('|')}) (/.*)$`);

function routeProblem(text: string): string | undefined {
  const [, , path] = routePattern.exec(text) ?? [];
  if (path === undefined)
    return `must be a method and a path, as "GET /orders/{id}"; methods are ${httpMethods.join(', ')}`;
  if (path === '/') return undefined;
  const parts = path.slice(1).split('/');
  if (parts.some((part) => part === '')) return 'must not have an empty path segment or end with "/"';
  const wrong = parts.find((part) => !/^(?:[A-Za-z0-9._~:$-]+|\{[A-Za-z0-9._-]+\+?\})$/.test(part));
  if (wrong !== undefined) {
    return `has the path segment "${wrong}"; one is letters, digits and "._~:$-", or a variable such as {id}`;
  }
  const variables = parts.filter((part) => part.startsWith('{')).map((part) => part.replace(/[{}+]/g, ''));
  if (new Set(variables).size < variables.length) return 'names a path variable twice';
  if (parts.slice(0, -1).some((part) => part.endsWith('+}')))
    return 'has something behind {…+}, which takes all that follows';
  return undefined;
}

function originProblem(text: string): string | undefined {
  if (text === '*') return undefined;
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const isOrigin = url !== undefined && ['http:', 'https:'].includes(url.protocol) && url.origin === text;
  return isOrigin ? undefined : 'must be an origin: scheme, host and port, and nothing after them';
}

function attributeProblem(text: string): string | undefined {
  if (/:[A-Za-z]+$/.test(text) && !/:[SNB]$/.test(text)) {
    return 'has an unknown type; types are :S (text, the default), :N (number) and :B (binary)';
  }
  return attributeNameProblem(text.replace(/(?<=.):[SNB]$/s, ''));
}

function attributeNameProblem(text: string): string | undefined {
  return text !== '' && Buffer.byteLength(text) <= 255 ? undefined : 'must be an attribute name of 1 to 255 bytes';
}

const attribute: Shape = { kind: 'text', problem: attributeProblem, example: 'placedAt:N' };
const tableName: Shape = { kind: 'text', problem: nameProblem, example: 'orders' };
const functionName: Shape = { kind: 'text', problem: nameProblem, example: 'orders' };

const keyMembers: Record<string, Member> = {
  key: {
    shape: attribute,
    required: true,
    help: 'The partition key: an attribute name, followed by `:N` or `:B` where it is not text.',
  },
  sort: { shape: attribute, help: 'The sort key, written likewise.' },
};

/** A function has credentials of its own, those of its role; those of this machine are none of its business. */
const ownCredentials = /^env:(?:AWS_(?:ACCESS_KEY_ID|SECRET_ACCESS_KEY|SESSION_TOKEN)|DYNOPS_PASSWORD)$/;

function referenceProblem(text: string): string | undefined {
  if (ownCredentials.test(text)) return "must not hand on this machine's credentials: a function has its role's own";
  return /^(?:env:[A-Za-z_][A-Za-z0-9_]*|file:.+)$/s.test(text) ? undefined : 'must be env:NAME or file:PATH';
}

const environmentValue: Shape = {
  kind: 'either',
  short: { kind: 'text', problem: () => undefined, example: 'info' },
  long: {
    kind: 'object',
    members: {
      from: {
        shape: {
          kind: 'text',
          problem: referenceProblem,
          example: 'env:STRIPE_KEY',
        },
        required: true,
        help: 'Where the value is read when it is needed: `env:NAME`, a variable of this machine, or `file:PATH`, a file of its repository, relative to dynops.json. It is never printed.',
      },
    },
  },
};

/** `index.handler` on Lambda; here only the exported name. */
const exportedName: Shape = {
  kind: 'text',
  problem: (text) => (/^[A-Za-z_$][\w$]*$/.test(text) ? undefined : 'must be the name of an export of the entry'),
  example: 'handler',
};

const runtime: Shape = {
  kind: 'text',
  problem: (text) =>
    /^(?:nodejs(?:2[2-9]|[3-9]\d)\.x|python3\.(?:9|1[0-9]))$/.test(text)
      ? undefined
      : 'must be a Lambda runtime of Node.js (nodejs22.x or later) or Python (python3.9 or later)',
  example: 'nodejs24.x',
};

const functionMembers: Record<string, Member> = {
  entry: {
    shape: {
      kind: 'text',
      problem: (text) =>
        /\.(?:[cm]?[jt]s|tsx|jsx|py)$/.test(text) ? undefined : 'must be a TypeScript, JavaScript or Python file',
      example: 'src/orders.ts',
    },
    required: true,
    help: 'The file that exports the handler, relative to dynops.json. TypeScript and JavaScript are bundled with what they import; a Python file is zipped with its folder, and with what lies in `requirements` there.',
  },
  handler: { shape: exportedName, fallback: '`handler`', help: 'The name of the export that is called.' },
  runtime: { shape: runtime, fallback: "the stack's, or `python3.13` for Python", help: "Lambda's runtime." },
  memoryMb: {
    shape: { kind: 'number', least: 128, most: 10_240, example: 256 },
    fallback: "the stack's",
    help: 'Memory in MB.',
  },
  timeoutSeconds: {
    shape: { kind: 'number', least: 1, most: 900, example: 10 },
    fallback: '`10`',
    help: 'How long one call may take. API Gateway waits 29 s at most.',
  },
  environment: {
    shape: { kind: 'map', called: 'variable', keyProblem: variableProblem, value: environmentValue },
    fallback: '`{}`',
    help: 'Environment variables: text, or `{"from": "env:NAME"}` for a value that must not be in a file.',
  },
  tables: {
    shape: { kind: 'list', of: tableName },
    fallback: '`[]`',
    help: 'The tables it may read and write. Each reaches it as a variable: `orders` as `ORDERS_TABLE`.',
  },
};

const tableMembers: Record<string, Member> = {
  ...keyMembers,
  indexes: {
    shape: { kind: 'map', called: 'index', keyProblem: indexProblem, value: { kind: 'object', members: keyMembers } },
    fallback: '`{}`',
    help: 'Global secondary indexes, each with a key and perhaps a sort key of its own. They hold whole items.',
  },
  ttl: {
    shape: {
      kind: 'text',
      problem: attributeNameProblem,
      example: 'expiresAt',
    },
    help: 'The attribute that says when an item expires, in seconds since 1970. Expired items are deleted.',
  },
};

const route: Shape = {
  kind: 'either',
  short: functionName,
  long: {
    kind: 'object',
    members: {
      function: { shape: functionName, required: true, help: 'The function that answers.' },
      auth: {
        shape: { kind: 'choice', of: ['pool', 'none'] },
        fallback: '`pool`',
        help: "`pool`: callers need an id token of the stack's user pool. `none`: anyone may call.",
      },
      integration: {
        shape: { kind: 'choice', of: ['proxy', 'direct'] },
        fallback: '`proxy`',
        help: '`proxy`: the function gets the whole request and answers `{statusCode, headers, body}`. `direct`: it gets the JSON body and answers JSON, as in the tutorial.',
      },
    },
  },
};

export const serviceMembers: Record<string, Member> = {
  $schema: {
    shape: { kind: 'text', problem: () => undefined, example: './node_modules/dynops/dynops.schema.json' },
    help: 'Where editors find the JSON Schema.',
  },
  stage: {
    shape: {
      kind: 'text',
      problem: (text) => (/^\w{1,128}$/.test(text) ? undefined : 'must be 1 to 128 letters, digits and "_"'),
      example: 'prod',
    },
    fallback: '`prod`',
    help: "The API's stage: the first part of every URL's path.",
  },
  functions: {
    shape: {
      kind: 'map',
      called: 'function',
      keyProblem: nameProblem,
      value: { kind: 'object', members: functionMembers },
    },
    fallback: '`{}`',
    help: 'The functions, by name. `tutorial` is built into dynops, and needs no entry here.',
  },
  tables: {
    shape: { kind: 'map', called: 'table', keyProblem: nameProblem, value: { kind: 'object', members: tableMembers } },
    fallback: '`{}`',
    help: 'The tables, by name.',
  },
  routes: {
    shape: { kind: 'map', called: 'route', keyProblem: routeProblem, value: route },
    required: true,
    help: 'Which function answers which requests: `"GET /orders/{id}": "orders"`. `ANY` takes every method, `{proxy+}` all that follows.',
  },
  cors: {
    shape: { kind: 'list', of: { kind: 'text', problem: originProblem, example: 'http://localhost:5173' } },
    fallback: '`[]`',
    help: 'Origins whose web pages may call the API and read its answers.',
  },
};
