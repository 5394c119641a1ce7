/*
 * How the words are spelled that flags, environment and settings files give. Imports nothing: the command line is
 * checked by it before anything else is loaded.
 */

/** Why a text cannot be an endpoint's URL; undefined when it can. */
export function urlProblem(value: string): string | undefined {
  const url = URL.canParse(value) ? new URL(value) : undefined;
  if (url === undefined || !['http:', 'https:'].includes(url.protocol)) return 'must be an http or https URL';
  if (url.username !== '' || url.password !== '') return 'must not hold a user name or password';
  if (url.search !== '' || url.hash !== '') return 'must not have a query or fragment';
  return undefined;
}

/** Why a text cannot be a stack's name; undefined when it can. It becomes part of role, table and domain names. */
export function stackProblem(value: string): string | undefined {
  if (/^[a-z](?:-?[a-z0-9]){0,23}$/.test(value)) return undefined;
  return 'must be 1 to 24 lower-case letters, digits and single hyphens, beginning with a letter and not ending with a hyphen';
}

/** Why Cognito would not take a user's name; undefined when it would. */
export function usernameProblem(value: string): string | undefined {
  return /^[\p{L}\p{M}\p{S}\p{N}\p{P}]{1,128}$/u.test(value) ? undefined : 'must be 1 to 128 characters without blanks';
}

/** Why a text cannot be a saved test event's name, as Lambda's console has them; undefined when it can. */
export function eventNameProblem(value: string): string | undefined {
  return /^[A-Za-z][\w-]{0,24}$/.test(value)
    ? undefined
    : 'must be at most 25 letters, digits, hyphens and underscores, beginning with a letter';
}

/** Why a text cannot be an AWS account's number; undefined when it can. */
export function accountIdProblem(value: string): string | undefined {
  return /^\d{12}$/.test(value) ? undefined : 'must be the 12 digits of an AWS account';
}

/** Why a text cannot be a region's name; undefined when it can: `eu-west-1`, `us-gov-west-1`, `us-isob-east-1`. */
export function regionProblem(value: string): string | undefined {
  return /^[a-z]{2,}(?:-[a-z]+)+-\d{1,2}$/.test(value) ? undefined : 'must be a region such as eu-west-1';
}

/** Why the function could not run on a Lambda runtime; undefined when it could. It writes numbers as only Node.js 22 and later can. */
export function runtimeProblem(value: string): string | undefined {
  const [, major = '0'] = /^nodejs(\d{2})\.x$/.exec(value) ?? [];
  return Number(major) >= 22 ? undefined : 'must be a Node.js runtime of Lambda, nodejs22.x or later';
}

/** Why Cognito would not take a prefix for a sign-in domain; undefined when it would. */
export function domainPrefixProblem(value: string): string | undefined {
  if (value === '' || value.length > 63) return 'must be 1 to 63 characters';
  if (/[A-Z]/.test(value)) return 'must have only lower-case letters';
  if (/[^a-z0-9-]/.test(value))
    return 'must be lower-case letters, digits and hyphens: only the part before the first dot';
  if (/^-|-$/.test(value)) return 'must not begin or end with a hyphen';
  return /aws|amazon|cognito/.test(value) ? 'must not contain aws, amazon or cognito' : undefined;
}

const scriptSchemes = ['javascript:', 'data:', 'vbscript:', 'blob:', 'file:', 'about:'];

/** Why Cognito would not return to an address after sign-in or sign-out; undefined when it would. An app's `myapp://x` is one. */
export function returnUrlProblem(value: string): string | undefined {
  const url = URL.canParse(value) ? new URL(value) : undefined;
  if (url === undefined || value.length > 1024) return 'must be a URL of at most 1024 characters';
  if (value.includes('#')) return 'must not have a fragment';
  if (scriptSchemes.includes(url.protocol)) return `must not be a ${url.protocol} URL`;
  const isLoopback = ['localhost', '127.0.0.1', '[::1]'].includes(url.hostname);
  return url.protocol === 'http:' && !isLoopback ? 'must begin with https:// (http:// only for localhost)' : undefined;
}
