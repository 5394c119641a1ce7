import { matrixOf } from './matrix.ts';

matrixOf('plain', 'a service with additions and removals', { cases: 90 });
