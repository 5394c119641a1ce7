/** The item storage behind the engine's DynamoDB. */
export interface Items {
  close(): Promise<void>;
}
