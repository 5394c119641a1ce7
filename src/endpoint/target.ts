/** Where a command acts: an endpoint, a region and credentials, nothing more. */
export interface Target {
  kind: 'local' | 'aws' | 'endpoint';
  /** `http://127.0.0.1:PORT`; undefined for AWS's own endpoints. */
  endpoint: string | undefined;
  region: string;
  /** Static credentials (the embedded engine's); undefined: the SDK's own credential chain. */
  credentials: { accessKeyId: string; secretAccessKey: string; sessionToken?: string } | undefined;
  /** Named profile for the SDK's chain. */
  profile: string | undefined;
}
