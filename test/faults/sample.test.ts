import { matrixOf } from './matrix.ts';

// Of the whole matrix, which the exhaustive tests run, as many cases as take seconds; 29 is prime to the kinds of faults,
// so that each is among them.
const step = 29;

matrixOf('plain', 'up from nothing', { step });
matrixOf('AWS-like', 'up with drift', { step });
matrixOf('plain', 'down', { step });
