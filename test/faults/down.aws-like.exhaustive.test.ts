import { matrixOf } from './matrix.ts';

matrixOf('AWS-like', 'down');
