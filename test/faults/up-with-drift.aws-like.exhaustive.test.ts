import { matrixOf } from './matrix.ts';

matrixOf('AWS-like', 'up with drift');
