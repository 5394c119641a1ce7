import { matrixOf } from './matrix.ts';

matrixOf('plain', 'down');
