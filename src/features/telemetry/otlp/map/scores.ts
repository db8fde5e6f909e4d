import { isPlausibleScore } from '../plausible.ts';
import type { Score, ScoreSource } from '../span.ts';
import type { Attributes, Flag, RawEvent, Value } from '../wire.ts';
import { label, numberOf } from './facts.ts';
import { isTree, treeOf } from './numbered.ts';
import { numbered, unnumberedScores } from './precedence.ts';

export const EVALUATION = 'gen_ai.evaluation.result';

/** Scores that came with the span: evaluation events, and annotations among the attributes. */
export function scoresOf(attributes: Attributes, events: readonly RawEvent[], hasNumbered: boolean, flags: Flag[]): Score[] {
  if (events.length === 0 && !hasNumbered) return [];
  const told = events.filter(({ name }) => name === EVALUATION).map((event) => evaluation(event.attributes));
  const noted = hasNumbered ? [...singles(attributes), ...lists(attributes)] : [];
  return [...told, ...noted]
    .map((score) => plausible(score, () => flags.includes('score_invalid') || flags.push('score_invalid')))
    .filter(saysSomething);
}

/** The score, without its number where that is beyond what a score may be. */
export function plausible<S extends Score>(score: S, refuse: () => unknown): S {
  if (score.value === null || isPlausibleScore(score.value)) return score;
  refuse();
  return { ...score, value: null };
}

/** An evaluation that failed has neither; it stays an event of the span. */
export const saysSomething = ({ value, label: said }: Score) => value !== null || said !== null;

/** One `gen_ai.evaluation.result`, from a span's event or a log record. */
export function evaluation(attributes: Attributes): Score {
  const get = (name: string) => attributes.get(`gen_ai.evaluation.${name}`) ?? null;
  return {
    name: label(get('name')) || 'evaluation',
    value: numberOf(get('score.value')),
    label: label(get('score.label')),
    explanation: label(get('explanation')),
    source: sourceOf(sayers.map((name) => get(name)).find((said) => said !== null) ?? null),
  };
}

/** None is in the convention; these are in use, the last two in proposals for it. */
const sayers = ['source', 'annotator_kind', 'evaluator.type', 'evaluator_type'];

/** `annotation.name` is one score. */
function singles(attributes: Attributes): Score[] {
  const trees = unnumberedScores.map((prefix) => treeOf(attributes, prefix));
  return trees.filter((tree) => tree !== null).map(annotation);
}

/** `annotations.0.name` is one of several. */
function lists(attributes: Attributes): Score[] {
  const trees = numbered.scores.map((prefix) => treeOf(attributes, prefix));
  return trees.flatMap((tree) =>
    Object.values(tree ?? {})
      .filter(isTree)
      .map(annotation),
  );
}

function annotation(given: { [key: string]: Value }): Score {
  const get = (name: string) => given[name] ?? inner(given, name);
  return {
    name: label(get('name')) || 'evaluation',
    value: numberOf(get('score')) ?? numberOf(get('value')),
    label: label(get('label')),
    explanation: label(get('explanation')),
    source: sourceOf(get('annotator_kind') ?? get('source')),
  };
}

/** `annotations.0.annotation.score`: some clients name the thing again within the list. */
function inner(given: { [key: string]: Value }, name: string): Value {
  const again = given['annotation'] ?? given['evaluation'] ?? null;
  return isTree(again) ? (again[name] ?? null) : null;
}

const sources = new Map<string, ScoreSource>([
  ['llm', 'model'],
  ['llm_judge', 'model'],
  ['llm-judge', 'model'],
  ['llm_as_a_judge', 'model'],
  ['model', 'model'],
  ['code', 'rule'],
  ['heuristic', 'rule'],
  ['deterministic', 'rule'],
  ['rule', 'rule'],
  ['human', 'person'],
  ['person', 'person'],
  ['end_user', 'end_user'],
  ['user', 'end_user'],
  ['ground_truth', 'ground_truth'],
]);

const sourceOf = (said: Value) => (typeof said === 'string' ? (sources.get(said.toLowerCase()) ?? null) : null);
