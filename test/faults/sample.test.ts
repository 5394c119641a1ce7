import { matrixOf } from './matrix.ts';

// Of the whole matrix, which the exhaustive tests run, as many cases as take seconds.
const cases = 8;

matrixOf('plain', 'up from nothing', { cases });
matrixOf('AWS-like', 'up with drift', { cases });
matrixOf('plain', 'down', { cases });
