import { createHash } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { join, sep } from 'node:path';
import { withFileLock } from './file-lock.ts';
import { ensurePrivateFolder, removeIfExists, writeSecret } from './folders.ts';
import { readOwn, readOwnJson } from './own-files.ts';

/** The account id of the embedded engine, the same for every installation. */
export const localAccount = '000000000000';

/** Of a chosen target, what tells its files from those of others. */
export interface KeptTarget {
  kind: 'local' | 'aws' | 'endpoint';
  endpointUrl: string | undefined;
  region: string;
  /** Names the credentials without showing them. */
  identity: string;
}

/** What `call` and `token` need to know of a stack that stands. */
export interface Outputs {
  account: string;
  /** null: not deployed yet, or not served by the endpoint. */
  apiUrl: string | null;
  /** null, as the next two: that step was not made yet. */
  userPoolId: string | null;
  clientId: string | null;
  username: string | null;
  /** null: no domain yet, or the endpoint serves no sign-in pages. */
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
  /** What is read and decided upon in `work` is changed by no other command until it ends. */
  exclusively<Value>(work: () => Promise<Value>): Promise<Value>;
  /** Removes outputs, tokens and password: the stack is gone. `keepPassword`: its user stays. */
  forget(options: { keepPassword: boolean }): Promise<void>;
}

/** Whose tokens: those of another pool or client are never sent. */
export interface TokenSubject {
  userPoolId: string;
  clientId: string;
  username: string;
}

export function stackFiles(home: string, where: { choice: KeptTarget; account: string; stack: string }): StackFiles {
  const { choice, account, stack } = where;
  const folder = join(home, 'stacks', targetFolder(choice), account, choice.region, stack);
  const outputsFile = join(folder, 'outputs.json');
  const passwordFile = join(folder, 'password');
  const tokensFolder = join(folder, 'tokens');
  const tokensFile = ({ userPoolId, clientId, username }: TokenSubject) =>
    join(tokensFolder, `${digest(`${userPoolId}\n${clientId}\n${username.toLowerCase()}`)}.json`);
  return {
    passwordFile,
    readOutputs: () => readOwnJson(outputsFile, isOutputs),
    writeOutputs: (outputs) => writeSecret(outputsFile, JSON.stringify(outputs)),
    readTokens: (subject) => readOwnJson(tokensFile(subject), isTokens),
    writeTokens: (subject, tokens) => writeSecret(tokensFile(subject), JSON.stringify(tokens)),
    forgetTokens: (subject) => removeIfExists(tokensFile(subject)),
    readPassword: () => readOwn(passwordFile),
    writePassword: (password) => writeSecret(passwordFile, password),
    forgetPassword: () => removeIfExists(passwordFile),
    exclusively: async (work) => {
      await ensurePrivateFolder(folder);
      return withFileLock(join(folder, 'lock'), work);
    },
    forget: async ({ keepPassword }) => {
      await Promise.all([removeIfExists(outputsFile), removeIfExists(tokensFolder)]);
      if (!keepPassword) await removeIfExists(passwordFile);
    },
  };
}

/** The names of the stacks of which something is kept, of whichever target. */
export async function keptStacks(home: string): Promise<string[]> {
  const found = await readdir(join(home, 'stacks'), { recursive: true }).catch(() => []);
  const names = found.flatMap((path) => {
    const [, , , name, file] = path.split(sep);
    return name !== undefined && file === 'outputs.json' ? [name] : [];
  });
  return [...new Set(names)].sort();
}

/** Removes what is kept of the embedded engine's stacks, when the engine forgets them. */
export function forgetLocalStacks(home: string): Promise<void> {
  return removeIfExists(join(home, 'stacks', 'local'));
}

/** The account that these credentials acted in last; undefined when AWS has to be asked. */
export async function knownAccount(home: string, choice: KeptTarget): Promise<string | undefined> {
  if (choice.kind === 'local') return localAccount;
  return (await readOwnJson(accountFile(home, choice), isAccount))?.account;
}

export async function rememberAccount(home: string, choice: KeptTarget, account: string): Promise<void> {
  if (choice.kind === 'local' || (await knownAccount(home, choice)) === account) return;
  await writeSecret(accountFile(home, choice), JSON.stringify({ account }));
}

function accountFile(home: string, choice: KeptTarget): string {
  return join(home, 'accounts', `${choice.identity}.json`);
}

function targetFolder({ kind, endpointUrl }: KeptTarget): string {
  return endpointUrl === undefined ? kind : `${kind}-${digest(endpointUrl)}`;
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 16);
}

type Members<Value> = { [Name in keyof Value]?: unknown };

const isText = (value: unknown) => typeof value === 'string';
const isTextOrNull = (value: unknown) => value === null || isText(value);

function isTokens(value: Members<Tokens>): value is Tokens {
  const { idToken, accessToken, refreshToken } = value;
  return isText(idToken) && isText(accessToken) && isTextOrNull(refreshToken);
}

function isOutputs(value: Members<Outputs>): value is Outputs {
  const { account, apiUrl, userPoolId, clientId, username, domainUrl } = value;
  return (
    isText(account) &&
    [userPoolId, clientId, username].every(isTextOrNull) &&
    [apiUrl, domainUrl].every((url) => url === null || URL.canParse(String(url)))
  );
}

const isAccount = (value: Members<{ account: string }>): value is { account: string } => isText(value.account);
