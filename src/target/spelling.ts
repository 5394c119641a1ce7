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

/** `eu-west-1`, `us-gov-west-1`, `us-isob-east-1`. */
export const regionPattern = /^[a-z]{2,}(?:-[a-z]+)+-\d{1,2}$/;
