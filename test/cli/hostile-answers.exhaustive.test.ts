import { hostileAnswers } from './hostile-answers.ts';

hostileAnswers(1);
