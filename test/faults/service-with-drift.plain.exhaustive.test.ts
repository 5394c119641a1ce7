import { matrixOf } from './matrix.ts';

matrixOf('plain', 'a service with drift', { cases: 90 });
