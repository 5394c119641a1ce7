import { join } from 'node:path';
import type { Environment } from '../environment.ts';
import { usageError } from '../errors.ts';
import { readIfExists, userConfigFile } from '../home/folders.ts';
import {
  domainPrefixProblem,
  regionPattern,
  retentionProblem,
  returnUrlProblem,
  runtimeProblem,
  stackProblem,
  urlProblem,
  usernameProblem,
} from './spelling.ts';

/** What `dynops.json` and the user's file may hold; every key is optional. */
export interface Settings {
  target?: 'local' | 'aws';
  endpointUrl?: string;
  profile?: string;
  region?: string;
  stack?: string;
  username?: string;
  passwordLength?: number;
  temporaryPasswordDays?: number;
  tokenMinutes?: number;
  memoryMb?: number;
  runtime?: string;
  architecture?: 'arm64' | 'x86_64';
  policy?: 'least-privilege' | 'tutorial';
  callbackUrls?: string[];
  logoutUrls?: string[];
  tracing?: boolean;
  retentionDays?: number;
  domainPrefix?: string;
}

type Check = (value: unknown) => string | undefined;

const checks: Record<keyof Settings, Check> = {
  target: oneOf('local', 'aws'),
  endpointUrl: (value) => (typeof value === 'string' ? urlProblem(value) : 'must be a URL'),
  profile: text(/./, 'must be a profile name'),
  region: text(regionPattern, 'must be a region such as "eu-west-1"'),
  stack: (value) => (typeof value === 'string' ? stackProblem(value) : 'must be a stack name'),
  username: (value) => (typeof value === 'string' ? usernameProblem(value) : 'must be a user name'),
  passwordLength: wholeNumber(6, 99),
  temporaryPasswordDays: wholeNumber(1, 365),
  tokenMinutes: wholeNumber(5, 1_440),
  memoryMb: wholeNumber(128, 10_240),
  runtime: (value) => runtimeProblem(String(value)),
  architecture: oneOf('arm64', 'x86_64'),
  policy: oneOf('least-privilege', 'tutorial'),
  callbackUrls: urls,
  logoutUrls: urls,
  tracing: (value) => (typeof value === 'boolean' ? undefined : 'must be true or false'),
  retentionDays: (value) => retentionProblem(Number(value)),
  domainPrefix: (value) => domainPrefixProblem(String(value)),
};

/**
 * The settings of the working folder's `dynops.json` over those of the user's file.
 * Unknown keys and invalid values are usage errors that name the file and the key.
 */
export async function loadSettings(surroundings: { cwd: string; env: Environment }): Promise<Settings> {
  const user = await readSettings(userConfigFile(surroundings.env));
  const folder = await readSettings(join(surroundings.cwd, 'dynops.json'));
  // A folder that says where to act replaces the user's whole answer, or half of each would be mixed.
  if (folder.target !== undefined || folder.endpointUrl !== undefined) {
    delete user.target;
    delete user.endpointUrl;
  }
  return { ...user, ...folder };
}

async function readSettings(file: string): Promise<Settings> {
  const content = await readIfExists(file);
  return content === undefined ? {} : parseSettings(content, file);
}

/** Checks a settings file's text. */
export function parseSettings(content: string, file: string): Settings {
  let value: unknown;
  try {
    value = JSON.parse(content);
  } catch (cause) {
    throw usageError(`${file} is not valid JSON: ${cause instanceof Error ? cause.message : String(cause)}`);
  }
  if (value === null || typeof value !== 'object' || Array.isArray(value)) {
    throw usageError(`${file} must hold one JSON object.`, 'For example {"target": "local", "region": "eu-west-1"}.');
  }
  for (const [key, member] of Object.entries(value)) {
    if (!isKey(key)) {
      throw usageError(`${file}: unknown key "${key}".`, `Known keys: ${Object.keys(checks).join(', ')}.`);
    }
    const problem = checks[key](member);
    if (problem !== undefined) throw usageError(`${file}: "${key}" ${problem}.`);
  }
  const settings = value as Settings;
  if (settings.target !== undefined && settings.endpointUrl !== undefined) {
    throw usageError(`${file}: "target" and "endpointUrl" exclude each other.`, 'Keep the one that is meant.');
  }
  return settings;
}

function isKey(key: string): key is keyof Settings {
  return Object.hasOwn(checks, key);
}

function text(pattern: RegExp, problem: string): Check {
  return (value) => (typeof value === 'string' && pattern.test(value) ? undefined : problem);
}

function oneOf(...words: string[]): Check {
  const problem = `must be ${words.map((word) => `"${word}"`).join(' or ')}`;
  return (value) => (typeof value === 'string' && words.includes(value) ? undefined : problem);
}

function wholeNumber(least: number, most: number): Check {
  const problem = `must be a whole number from ${least} to ${most}`;
  return (value) => (Number.isInteger(value) && Number(value) >= least && Number(value) <= most ? undefined : problem);
}

function urls(value: unknown): string | undefined {
  const problem = 'must be a list of URLs';
  if (!Array.isArray(value) || value.length === 0) return problem;
  if (!value.every((member) => typeof member === 'string' && URL.canParse(member))) return problem;
  return value.map((member) => returnUrlProblem(String(member))).find((found) => found !== undefined);
}
