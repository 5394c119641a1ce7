import { matrixOf } from './matrix.ts';

matrixOf('plain', 'up with drift');
