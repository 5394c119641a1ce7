import { matrixOf } from './matrix.ts';

matrixOf('plain', 'a service from nothing', { cases: 90 });
