import { hostileAnswers } from './hostile-answers.ts';

// The exhaustive suite tries every command.
hostileAnswers(5);
