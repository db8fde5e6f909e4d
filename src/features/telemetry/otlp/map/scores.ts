import type { Score, ScoreSource } from '../span.ts';
import type { Attributes, RawEvent, Value } from '../wire.ts';
import { label, numberOf } from './facts.ts';
import { treeOf } from './numbered.ts';
import { numbered } from './precedence.ts';

export const EVALUATION = 'gen_ai.evaluation.result';

/** Scores that came with the span: evaluation events, and annotations among the attributes. */
export function scoresOf(attributes: Attributes, events: readonly RawEvent[], hasNumbered: boolean): Score[] {
  const told = events.filter(({ name }) => name === EVALUATION).map((event) => evaluation(event.attributes));
  return hasNumbered ? [...told, ...numbered.scores.flatMap((prefix) => annotations(attributes, prefix))] : told;
}

/** One `gen_ai.evaluation.result`, from a span's event or a log record. */
export function evaluation(attributes: Attributes): Score {
  const get = (name: string) => attributes.get(`gen_ai.evaluation.${name}`) ?? null;
  return {
    name: label(get('name')) || 'evaluation',
    value: numberOf(get('score.value')),
    label: label(get('score.label')),
    explanation: label(get('explanation')),
    source: sourceOf(get('source') ?? get('annotator_kind')),
  };
}

/** `annotation.name` is one score, `annotations.0.name` one of several. */
function annotations(attributes: Attributes, prefix: string): Score[] {
  const tree = treeOf(attributes, prefix);
  if (!tree) return [];
  const all = prefix.endsWith('s.') ? Object.values(tree) : [tree];
  return all.flatMap((one) => (typeof one === 'object' && one !== null && !Array.isArray(one) ? [annotation(one)] : []));
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
  return typeof again === 'object' && again !== null && !Array.isArray(again) ? (again[name] ?? null) : null;
}

const sources = new Map<string, ScoreSource>([
  ['llm', 'model'],
  ['model', 'model'],
  ['code', 'rule'],
  ['rule', 'rule'],
  ['human', 'person'],
  ['person', 'person'],
  ['end_user', 'end_user'],
  ['user', 'end_user'],
  ['ground_truth', 'ground_truth'],
]);

const sourceOf = (said: Value) => (typeof said === 'string' ? (sources.get(said.toLowerCase()) ?? null) : null);
