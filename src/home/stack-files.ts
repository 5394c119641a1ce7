import { createHash } from 'node:crypto';
import { join } from 'node:path';
import type { TargetChoice } from '../endpoint/choose.ts';
import { readIfExists, removeIfExists, writeSecret } from './folders.ts';

/** The account id of the embedded engine, the same for every installation. */
export const localAccount = '000000000000';

/** What `call` and `token` need to know of a stack that stands. */
export interface Outputs {
  account: string;
  apiUrl: string;
  /** null, as the next two: that step was not made yet. */
  userPoolId: string | null;
  clientId: string | null;
  username: string | null;
  domainUrl: string | null;
}

export interface Tokens {
  idToken: string;
  accessToken: string;
  refreshToken: string | null;
}

/** One stack's files: `<home>/stacks/<target>/<account>/<region>/<stack>/`. */
export interface StackFiles {
  /** Where `up` keeps the password it generated. */
  passwordFile: string;
  readOutputs(): Promise<Outputs | undefined>;
  writeOutputs(outputs: Outputs): Promise<void>;
  readTokens(subject: TokenSubject): Promise<Tokens | undefined>;
  writeTokens(subject: TokenSubject, tokens: Tokens): Promise<void>;
  forgetTokens(subject: TokenSubject): Promise<void>;
  readPassword(): Promise<string | undefined>;
  writePassword(password: string): Promise<void>;
  forgetPassword(): Promise<void>;
  /** Removes outputs, tokens and password: the stack is gone. `keepPassword`: its user stays. */
  forget(options: { keepPassword: boolean }): Promise<void>;
}

/** Whose tokens: those of another pool or client are never sent. */
export interface TokenSubject {
  userPoolId: string;
  clientId: string;
  username: string;
}

export function stackFiles(home: string, where: { choice: TargetChoice; account: string; stack: string }): StackFiles {
  const { choice, account, stack } = where;
  const folder = join(home, 'stacks', targetFolder(choice), account, choice.region, stack);
  const outputsFile = join(folder, 'outputs.json');
  const passwordFile = join(folder, 'password');
  const tokensFolder = join(folder, 'tokens');
  const tokensFile = ({ userPoolId, clientId, username }: TokenSubject) =>
    join(tokensFolder, `${digest(`${userPoolId}\n${clientId}\n${username.toLowerCase()}`)}.json`);
  return {
    passwordFile,
    readOutputs: () => readJson(outputsFile, isOutputs),
    writeOutputs: (outputs) => writeSecret(outputsFile, JSON.stringify(outputs)),
    readTokens: (subject) => readJson(tokensFile(subject), isTokens),
    writeTokens: (subject, tokens) => writeSecret(tokensFile(subject), JSON.stringify(tokens)),
    forgetTokens: (subject) => removeIfExists(tokensFile(subject)),
    readPassword: () => readIfExists(passwordFile),
    writePassword: (password) => writeSecret(passwordFile, password),
    forgetPassword: () => removeIfExists(passwordFile),
    forget: async ({ keepPassword }) => {
      await Promise.all([removeIfExists(outputsFile), removeIfExists(tokensFolder)]);
      if (!keepPassword) await removeIfExists(passwordFile);
    },
  };
}

/** Removes what is kept of the embedded engine's stacks, when the engine forgets them. */
export function forgetLocalStacks(home: string): Promise<void> {
  return removeIfExists(join(home, 'stacks', 'local'));
}

/** The account that these credentials acted in last; undefined when AWS has to be asked. */
export async function knownAccount(home: string, choice: TargetChoice): Promise<string | undefined> {
  if (choice.kind === 'local') return localAccount;
  return (await readJson(accountFile(home, choice), isAccount))?.account;
}

export async function rememberAccount(home: string, choice: TargetChoice, account: string): Promise<void> {
  if (choice.kind === 'local' || (await knownAccount(home, choice)) === account) return;
  await writeSecret(accountFile(home, choice), JSON.stringify({ account }));
}

function accountFile(home: string, choice: TargetChoice): string {
  return join(home, 'accounts', `${choice.identity}.json`);
}

function targetFolder({ kind, endpointUrl }: TargetChoice): string {
  return endpointUrl === undefined ? kind : `${kind}-${digest(endpointUrl)}`;
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 16);
}

type Members<Value> = { [Name in keyof Value]?: unknown };

const isText = (value: unknown) => typeof value === 'string';
const isTextOrNull = (value: unknown) => value === null || isText(value);

const isTokens = ({ idToken, accessToken, refreshToken }: Members<Tokens>) =>
  isText(idToken) && isText(accessToken) && isTextOrNull(refreshToken);

const isOutputs = ({ account, apiUrl, userPoolId, clientId, username, domainUrl }: Members<Outputs>) =>
  isText(account) &&
  URL.canParse(String(apiUrl)) &&
  [userPoolId, clientId, username].every(isTextOrNull) &&
  (domainUrl === null || URL.canParse(String(domainUrl)));

const isAccount = ({ account }: Members<{ account: string }>) => isText(account);

/** A file that is not as it was written counts as missing: everything kept here can be had again. */
async function readJson<Value>(
  file: string,
  isWhole: (members: Members<Value>) => boolean,
): Promise<Value | undefined> {
  const content = await readIfExists(file);
  if (content === undefined) return undefined;
  try {
    const value: unknown = JSON.parse(content);
    return value !== null && typeof value === 'object' && isWhole(value) ? (value as Value) : undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
