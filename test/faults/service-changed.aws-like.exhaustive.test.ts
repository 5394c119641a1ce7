import { matrixOf } from './matrix.ts';

matrixOf('AWS-like', 'a service with additions and removals', { cases: 40 });
