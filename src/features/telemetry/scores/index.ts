/** What somebody thought of an answer: a rule, a model, a person, the end user, or the truth that came out later. */
export { importScores } from './import.ts';
export { Score, ScoreNumber, sidesOf } from './model.ts';
export { createScore, createScores, listScores } from './operations.ts';
export { keepScores } from './keep.ts';
export { countedScores, loggedScoreRow, scoreRow, scoreRowsOf, type Call, type NewScore } from './row.ts';
export { keptScores, scoresOfTraces } from './store.ts';
