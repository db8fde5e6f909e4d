import { plain } from './columns.ts';
import { fields, type Field } from './fields.ts';
import { foreignNames, unaccented } from './names.ts';

/** What the words of a column's name say, in whatever order and however they are joined: `tokens_prompt`, `responseTimeS`. Pure. */

const set = (list: string) => new Set(list.split(/\s+/));

/** "Antwortzeit (s)", "Kosten [EUR]". */
const UNIT_IN_BRACKETS = /\s*[([][^)\]]*[)\]]\s*$/;

/** Letters of a name in lower case without accents, word by word. */
export const wordsOf = (name: string): string[] =>
  unaccented(
    name
      .replace(UNIT_IN_BRACKETS, '')
      .replaceAll(/(\p{Ll}|\p{N})(\p{Lu})/gu, '$1 $2')
      .replaceAll(/(\p{Lu})(\p{Lu}\p{Ll})/gu, '$1 $2')
      .toLowerCase(),
  )
    .split(/[^\p{L}\p{N}]+/u)
    .filter(Boolean);

const UNITS = set(
  's sec secs second seconds sekunden ms msec millis milliseconds millisekunden usd eur gbp chf dollar dollars euro euros utc',
);

/** Words that say where a thing comes from, and leave what it is as it is. */
const PLAIN = set(
  'llm ai ki ia bot gpt chatgpt openai model assistant agent chat api call request the in of is has was n num number count total overall final raw text content value kunde customer user client',
);

interface Rule {
  /** One word of each of these is in the name. */
  all: readonly ReadonlySet<string>[];
  /** Every other word is one of these; without them any other will do. */
  others?: ReadonlySet<string>;
  /** None of these is. */
  none?: ReadonlySet<string>;
}

const WITHIN_CALL = set(
  'first ttft token tokens per queue queued wait waiting db database tool retrieval search embedding audio video session network zone stamp timestamp at utc ago start started created limit timeout max min budget sla target id type unit',
);
const DURATION = set(
  'latency latencies timing timings duration elapsed runtime dauer latenz antwortzeit laufzeit latence duree latencia duracion latenza durata',
);
const TIMED = set(
  'response responding answer reply processing process generation completion inference execution run total wall request llm model call api',
);
const COST_OF_OTHERS = set(
  'order product item items shipping delivery unit ticket sales sale saved saving savings budget limit max min input prompt output completion cached cache center centre id code currency cents cent type plan tier refund invoice list',
);
const TOKENS = set('token tokens tok toks');
const TOKENS_OF_OTHERS = set(
  'cached cache caching reasoning audio max limit per cost costs price usd eur id rate budget type second s ms left remaining',
);
const ASKED = set('input inputs in prompt prompts request query question sent');
const ANSWERED = set('output outputs out completion completions response answer reply generated generation received');
const TEXTS = set('text content value str string body raw message msg full final clean');
const FROM = set('llm ai ki ia bot gpt chatgpt openai model assistant agent generated');
const BY = set('user customer client kunde end human');

const rules: Partial<Record<Field, readonly Rule[]>> = {
  input: [
    { all: [set('input query question prompt request frage anfrage eingabe')], others: new Set([...BY, ...TEXTS, 'the']) },
    { all: [BY, set('message msg text utterance input')], others: new Set([...BY, ...TEXTS]) },
  ],
  output: [
    {
      all: [set('output response answer reply completion antwort ausgabe reponse respuesta risposta resposta')],
      others: new Set([...FROM, ...TEXTS]),
    },
    { all: [FROM, TEXTS], others: new Set([...FROM, ...TEXTS]) },
  ],
  expected: [
    {
      all: [set('expected gold golden truth reference target true ideal')],
      others: set('answer output label labels text response class category value result ground correct standard ref intent y'),
    },
  ],
  latency: [
    { all: [DURATION], none: WITHIN_CALL },
    { all: [set('time'), TIMED], none: WITHIN_CALL },
    { all: [set('time taken spent'), set('s sec secs seconds ms millis milliseconds')], none: WITHIN_CALL },
  ],
  cost: [
    {
      all: [set('cost costs spend kosten cout coste costo custo price preis')],
      others: new Set([...PLAIN, ...UNITS, 'per', 'estimated', 'calculated', 'computed', 'est', 'approx']),
    },
    { all: [set('usd eur gbp chf dollars euros')], others: new Set([...PLAIN, ...UNITS]) },
    { all: [set('cost costs spend kosten')], none: COST_OF_OTHERS },
  ],
  inputTokens: [{ all: [TOKENS, ASKED], none: TOKENS_OF_OTHERS }],
  outputTokens: [{ all: [TOKENS, ANSWERED], none: TOKENS_OF_OTHERS }],
  error: [
    {
      all: [set('error errors exception failed failure fehler erreur')],
      others: set('is has was msg message text type code flag llm api model call request occurred description'),
    },
  ],
};

/** After every whole name, and by how many words it takes; -1 where the words say nothing of the field. */
export function placeByWords(field: Field, name: string): number {
  const all = wordsOf(name);
  const bare = all.filter((word, i) => i === 0 || !UNITS.has(word)).join('');
  if (all.length > 1 && (fields[field].aliases.includes(bare) || foreignNames(field).includes(bare))) return 0;
  if (field === 'score') return tellsQuality(name) ? placeOfQuality(all) : -1;
  const at = (rules[field] ?? []).findIndex((rule) => says(rule, all));
  return at < 0 ? -1 : at + 1 + all.length / 100;
}

function says({ all, others, none }: Rule, words: readonly string[]): boolean {
  const own = all.map((list) => words.find((word) => list.has(word)));
  if (own.includes(undefined) || words.some((word) => none?.has(word))) return false;
  return !others || words.every((word) => own.includes(word) || others.has(word));
}

/** Words of judging, those first by which a call is judged right or wrong. */
const QUALITY = [
  set('correct correctness accuracy accurate passed korrekt richtig correcto corretto correto'),
  set(
    'score scores judge judged grade graded eval evaluation verdict quality bewertung puntuacion punteggio pontuacao qualitat qualite',
  ),
  set('resolved solved helpful helpfulness unhelpful hilfreich geloest accepted approved success successful useful usefulness'),
  set(
    'rating ratings rated thumb thumbs feedback stars star liked like upvote upvoted csat nps satisfied satisfaction zufriedenheit sterne valoracion calificacion avaliacao valutazione beoordeling 评分 得分 評価',
  ),
];

/** Of these more is not better, or they judge something else, or they are no judgement at all. */
const NO_QUALITY = set(
  `id ids count n num number by at on date time timestamp reason reasons comment comments text message explanation version model name type level
   threshold max min limit target source status category label labels url key weight confidence probability prob logprob perplexity sentiment similarity
   distance relevance_rank rank retrieval search rerank vector embedding credit lead risk fraud spam toxicity toxic hallucination hallucinations
   hallucinated harm harmful bias pii error errors escalated down dislike disliked unhelpful incorrect unresolved complexity difficulty priority
   urgency churn answer answers expected order product cost price latency tokens duration`,
);

/** Whether a name says how good a call was; what the column holds must be numbers or words for right and wrong, too. */
export function tellsQuality(name: string): boolean {
  const all = wordsOf(name);
  return all.some((word) => QUALITY.some((list) => list.has(word))) && !all.some((word) => NO_QUALITY.has(word));
}

const placeOfQuality = (all: readonly string[]) => {
  const at = QUALITY.findIndex((list) => all.some((word) => list.has(word)));
  return at + 1 + all.length / 100;
};

/** Users judge few calls, and by their own lights: where the right answer is known, it judges. */
export const isFeedback = (name: string) => !fields.score.aliases.includes(plain(name)) && placeOfQuality(wordsOf(name)) >= 3;

/** What graders of answers measure, beside the words of judging. */
const MEASURED = set(
  `relevance relevancy faithfulness faithful groundedness grounded grounding factuality factual coherence coherent fluency completeness
   conciseness adherence recall precision politeness empathy tone`,
);
/** What a call should not be. */
const FAULTS = set(
  `hallucination hallucinations hallucinated toxicity toxic harm harmful harmfulness bias biased unhelpful incorrect unresolved disliked dislike
   unsafe offensive profanity`,
);
/** Of these more is neither good nor bad, or they are no judgement. */
const NO_SENSE = set(
  `id ids count n num number by at on date time timestamp reason reasons comment comments text message explanation version model name type
   threshold max min limit target source status label labels url key weight confidence probability prob logprob perplexity sentiment rank
   vector embedding credit lead risk fraud spam pii complexity difficulty priority urgency churn order product cost price latency tokens
   duration length`,
);

/** Which way a score of this name gets worse; nothing where its name says of no quality. `among`: it stands among scores, whatever its name. */
export function senseOfScore(name: string, among: boolean): 'up' | 'down' | null {
  const all = wordsOf(name);
  const has = (list: ReadonlySet<string>) => all.some((word) => list.has(word));
  if (has(NO_SENSE)) return null;
  if (has(FAULTS)) return 'up';
  return among || has(MEASURED) || tellsQuality(name) ? 'down' : null;
}
