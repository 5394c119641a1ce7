import { matrixOf } from './matrix.ts';

matrixOf('plain', 'up from nothing');
