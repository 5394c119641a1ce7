import { AwsError } from '../../../src/local/service.ts';

/** The message with which `act` is refused. */
export function refusal(act: () => unknown): string {
  try {
    act();
  } catch (error) {
    if (error instanceof AwsError) return error.message;
    throw error;
  }
  throw new Error('it was not refused');
}
