import { expect, it } from 'vitest';
import { awsCliCommand } from '../../src/ui/aws-cli-words.ts';

it.each([
  ['a list of words', { Names: ['a', "it's"] }, "--names a 'it'\\''s'"],
  [
    'addresses, which the CLI would fetch',
    { LogoutURLs: ['https://a.example'] },
    `--logout-urls '["https://a.example"]'`,
  ],
  ['a switch', { Permanent: true, Enabled: false }, '--permanent --no-enabled'],
  ['code, past its structure', { Code: { ZipFile: new Uint8Array(1) } }, "--zip-file 'fileb://my code.zip'"],
  [
    'variables, without the values that came by reference',
    { Environment: { Variables: { KEY: 'k-1', LEVEL: 'info' } } },
    `--environment '{"Variables":{"KEY":"(secret)","LEVEL":"info"}}'`,
  ],
  ['a password, which is read from a file', { Password: 'secret-1' }, '--password file:///tmp/p'],
])('%s', (_what, input, words) => {
  const call = { service: 'CognitoIdentityProvider', operation: 'AdminDoIt', input };
  const command = awsCliCommand(call, { code: 'my code.zip', password: '/tmp/p', secrets: ['KEY'] });
  expect(command).toBe(`aws cognito-idp admin-do-it ${words}`);
});
