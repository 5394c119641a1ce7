import process from 'node:process';
import { run } from './run.ts';

void run(process.argv.slice(2)).then((status) => {
  process.exitCode = status;
  // All is done. Ending by itself, Node would take its heap apart first, which takes longer than the loading of a file.
  setImmediate(() => {
    // By now an output that could not be written has said so.
    const isWritten = [process.stdout, process.stderr].every(({ writableLength }) => writableLength === 0);
    if (isWritten) process.exit();
  });
});
