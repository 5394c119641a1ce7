/* What can be said of a connection that failed between this machine and the server. */

/** ` through the proxy …` where a proxy stood between; else nothing. */
export function throughProxy(error: unknown): string {
  return error instanceof Error && 'proxy' in error ? ` through the proxy ${String(error.proxy)}` : '';
}

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
