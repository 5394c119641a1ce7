import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Why tests that need it are skipped; undefined where they are not. */
export const missingOpenssl = spawnSync('openssl', ['version']).status === 0 ? undefined : 'needs openssl';

export interface PrivateAuthority {
  /** The authority's own certificate, in PEM, as AWS_CA_BUNDLE names it. */
  file: string;
  /** Of a server by these names, vouched for by the authority. */
  key: string;
  cert: string;
  remove(): void;
}

/** A certificate authority that nobody knows, and a server's certificate that it has signed. */
export function privateAuthority(...names: string[]): PrivateAuthority {
  const folder = mkdtempSync(join(tmpdir(), 'dynops-authority-'));
  const at = (name: string) => join(folder, name);
  const openssl = (...words: string[]) => execFileSync('openssl', words, { cwd: folder, stdio: 'pipe' });
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
  openssl('req', '-x509', ...key, '-days', '2', '-subj', '/CN=Private', '-keyout', 'ca.key', '-out', 'ca.pem');
  openssl('req', ...key, '-subj', '/CN=server', '-keyout', 'key.pem', '-out', 'request.pem');
  writeFileSync(at('names'), `subjectAltName=${names.map((name) => `DNS:${name}`).join(',')}\n`);
  const signing = ['-CA', 'ca.pem', '-CAkey', 'ca.key', '-CAcreateserial', '-days', '2', '-extfile', 'names'];
  openssl('x509', '-req', '-in', 'request.pem', ...signing, '-out', 'cert.pem');
  return {
    file: at('ca.pem'),
    key: readFileSync(at('key.pem'), 'utf8'),
    cert: readFileSync(at('cert.pem'), 'utf8'),
    remove: () => rmSync(folder, { recursive: true }),
  };
}
