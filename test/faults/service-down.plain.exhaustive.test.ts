import { matrixOf } from './matrix.ts';

matrixOf('plain', 'a service down', { cases: 60 });
