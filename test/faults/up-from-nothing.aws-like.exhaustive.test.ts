import { matrixOf } from './matrix.ts';

matrixOf('AWS-like', 'up from nothing');
