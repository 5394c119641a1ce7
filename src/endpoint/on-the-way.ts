/* What can be said of a connection that failed between this machine and the server. */

/** ` through the proxy …` where a proxy stood between; else nothing. */
export function throughProxy(error: unknown): string {
  return error instanceof Error && 'proxy' in error ? ` through the proxy ${String(error.proxy)}` : '';
}

/** Why a connection failed: what Node's parser and OpenSSL say of an answer in another protocol is told as such. */
export function connectionReason(error: Error): string {
  const protocol = otherThan(error);
  if (protocol !== undefined) return `what answers there does not speak ${protocol}`;
  const reason = opensslReason(error);
  return reason === undefined ? error.message : `TLS failed: ${reason}`;
}

/** The protocol that the answer should have been in, and is not; undefined for every other failure. */
export function otherThan(error: Error): 'HTTP' | 'TLS' | undefined {
  if ('code' in error && String(error.code).startsWith('HPE_')) return 'HTTP';
  return opensslReason(error) === 'wrong version number' ? 'TLS' : undefined;
}

const opensslReason = ({ message }: Error): string | undefined => /:SSL routines:[^:]*:([^:]+):/.exec(message)?.[1];

/** OpenSSL's reasons, as Node names them, for which nobody known vouches for a server. */
const untrusted = new Set([
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
]);

/** The server's certificate is signed by an authority that this machine does not know. */
export const isUntrusted = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && untrusted.has(String(error.code));

export const untrustedAdvice =
  'If a proxy of your network reads the traffic, or the server has an authority of its own, name that authority’s PEM file in AWS_CA_BUNDLE or NODE_EXTRA_CA_CERTS.';
