/** What is kept on disk could not be changed or read. What was acknowledged before is not concerned. */
export class StorageError extends Error {
  override name = 'StorageError';
}
