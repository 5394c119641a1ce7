import { mockClient as mock } from 'aws-sdk-client-mock';

const mocked: { restore(): void }[] = [];

/** `aws-sdk-client-mock`'s, until the test file's end: the next file of the same worker has the real client. */
export const mockClient = ((client: Parameters<typeof mock>[0]) => {
  const made = mock(client);
  mocked.push(made);
  return made;
}) as typeof mock;

export function restoreClients(): void {
  for (const made of mocked.splice(0)) made.restore();
}
