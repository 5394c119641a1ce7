import { readdirSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { calls, permissions } from '../../src/aws/permissions.ts';

const folder = new URL('../../src/aws/', import.meta.url);
/** `APIGateway` of `api-gateway`. */
const clientOf = (name: string) =>
  Object.keys(calls).find((client) => client.toLowerCase() === name.replaceAll('-', ''));

/** `IAM:CreateRole`, for every command of the SDK that a file imports. */
function made(): string[] {
  const found = readdirSync(folder).flatMap((file) => {
    const source = readFileSync(new URL(file, folder), 'utf8');
    return [...source.matchAll(/import \{([^}]*)\} from '@aws-sdk\/client-([\w-]+)'/g)].flatMap(
      ([, names = '', client = '']) =>
        [...names.matchAll(/\b(\w+)Command\b/g)].map(([, operation]) => `${clientOf(client)}:${operation}`),
    );
  });
  return [...new Set(found)].sort();
}

it('are known of every call that src/aws makes, and of no other', () => {
  const known = Object.entries(calls).flatMap(([client, scopes]) =>
    Object.values(scopes).flatMap((operations) => operations.map((operation) => `${client}:${operation}`)),
  );
  expect([...known].sort()).toEqual(made());
  expect(made().length).toBeGreaterThan(100);
});

it('are called as IAM calls them', () => {
  const actions = permissions().flatMap((one) => one.actions);
  expect(actions).toEqual(
    expect.arrayContaining([
      'iam:PassRole',
      'lambda:InvokeFunction',
      'lambda:ListTags',
      'apigateway:PATCH',
      'logs:FilterLogEvents',
    ]),
  );
  expect(actions.filter((action) => !/^[a-z-]+:[A-Z][A-Za-z]+$/.test(action))).toEqual([]);
  expect(actions.filter((action) => /\*|:Invoke$|:CreateRestApi|undefined/.test(action))).toEqual([]);
});
