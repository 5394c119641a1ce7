export const formats = ['jsonl', 'csv'] as const;
export type Format = (typeof formats)[number];

/** As a file's name says, else JSON lines. */
export function formatOf(file: string | undefined): Format {
  return file?.toLowerCase().endsWith('.csv') ? 'csv' : 'jsonl';
}
