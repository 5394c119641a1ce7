/** Headers that the load generator sets itself, for each connection or each request. */
const own = ['host', 'user-agent', 'connection', 'content-length', 'transfer-encoding', 'expect', 'upgrade', 'te'];

/** What is wrong with a header's name: https://www.rfc-editor.org/rfc/rfc9110#name-tokens */
export function headerProblem(name: string): string | undefined {
  if (!/^[\w!#$%&'*+.^`|~-]+$/.test(name)) return 'is not the name of a header';
  return own.includes(name.toLowerCase()) ? 'is set by the load itself' : undefined;
}
