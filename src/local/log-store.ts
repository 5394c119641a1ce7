/** CloudWatch Logs' groups, streams and events, as the engine keeps them. */
export interface LogEvent {
  /** Milliseconds since the epoch. */
  timestamp: number;
  message: string;
}

export interface LogStore {
  /** Appends events to a stream, making the stream (and, as Lambda does when its role allows it, the group) where missing. */
  append(region: string, group: string, stream: string, events: LogEvent[]): void;
  close(): Promise<void>;
}
