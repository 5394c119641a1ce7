// The package has no types of its own; these are the few that the benchmark uses.
declare module 'autocannon' {
  interface Options {
    url: string;
    method: 'POST';
    connections: number;
    /** Seconds. */
    duration: number;
    headers: Record<string, string>;
    body: string;
  }

  interface Result {
    /** Requests a second. */
    requests: { average: number; total: number };
    /** Milliseconds. */
    latency: { p50: number; p99: number };
    errors: number;
    non2xx: number;
    '2xx': number;
  }

  export default function autocannon(options: Options): Promise<Result>;
}
