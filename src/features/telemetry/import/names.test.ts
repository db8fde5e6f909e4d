import { expect, test } from 'vitest';
import { readColumns } from './columns.ts';
import { fields, fieldNames } from './fields.ts';
import { mapColumns } from './map-columns.ts';
import { foreignNames } from './names.ts';

const mapped = (header: string, row: (i: number) => string[]) => {
  const names = header.split(' | ');
  const rows = Array.from({ length: 60 }, (_, i) => row(i));
  const { mapping } = mapColumns(readColumns(names, rows), { map: {}, now: new Date('2026-09-01') });
  const found = Object.fromEntries(Object.entries(mapping.fields).map(([field, { name }]) => [field, name]));
  return { found, segments: mapping.segments.map(({ name }) => name), mapping };
};

const time = (i: number) => `2026-05-${String(1 + (i % 28)).padStart(2, '0')} 10:00:00`;
const call = (right: string, wrong: string) => (i: number) => [
  time(i),
  'gpt-4o',
  `Wo ist mein Paket Nummer ${i}?`,
  `Das Paket ${i} ist auf dem Weg.`,
  i % 5 ? right : wrong,
  `${1 + (i % 3)},5`,
  '0,002',
  String(100 + i),
  String(50 + i),
  i % 9 ? '' : 'Zeit abgelaufen',
  `u${i}`,
  `s${i}`,
];

test.each([
  [
    'German',
    'Zeitpunkt | Modell | Frage | Antwort | Bewertung | Antwortzeit | Kosten | Eingabe-Tokens | Ausgabe-Tokens | Fehler | Benutzer-ID | Sitzung',
    'richtig',
    'falsch',
  ],
  [
    'French',
    'Horodatage | Modèle | Question posée | Réponse | Note | Durée | Coût | Tokens entrée | Tokens sortie | Erreur | Utilisateur | ID session',
    'oui',
    'non',
  ],
  [
    'Spanish',
    'Fecha y hora | Modelo | Pregunta | Respuesta | Puntuación | Latencia | Costo | Tokens de entrada | Tokens de salida | Mensaje de error | Usuario | Sesión',
    'sí',
    'no',
  ],
  [
    'Italian',
    'Data ora | Modello | Domanda | Risposta | Valutazione | Durata | Costo | Token input | Token output | Errore | Utente | Sessione',
    '1',
    '0',
  ],
  [
    'Portuguese',
    'Data/Hora | Modelo | Pergunta | Resposta | Avaliação | Latência | Custo | Tokens de entrada | Tokens de saída | Erro | Usuário | Sessão',
    'sim',
    'não',
  ],
  [
    'Dutch',
    'Tijdstip | Model | Vraag | Antwoord | Beoordeling | Responstijd | Kosten | Invoer tokens | Uitvoer tokens | Foutmelding | Gebruiker | Sessie',
    'ja',
    'nee',
  ],
  ['Chinese', '时间 | 模型 | 问题 | 回答 | 评分 | 耗时 | 费用 | 输入Token | 输出Token | 错误信息 | 用户ID | 会话ID', '对', '错'],
  [
    'Japanese',
    '日時 | モデル | 質問 | 回答 | 評価 | 応答時間 | 費用 | 入力トークン数 | 出力トークン数 | エラー | ユーザーID | セッションID',
    '正解',
    '不正解',
  ],
])('%s', (_, header, right, wrong) => {
  const { found } = mapped(header, call(right, wrong));
  const names = header.split(' | ');
  const order = [
    'time',
    'model',
    'input',
    'output',
    'score',
    'latency',
    'cost',
    'inputTokens',
    'outputTokens',
    'error',
    'user',
    'session',
  ];
  expect(found).toEqual(Object.fromEntries(order.map((field, i) => [field, names[i]])));
});

test('English names go first, and what a column holds decides', () => {
  const { found, segments } = mapped('timestamp | Datum | output | client | note | tempo', (i) => [
    time(i),
    '2020-01-01',
    `The parcel ${i} is on its way to you.`,
    i % 2 ? 'acme' : 'globex',
    'called back by the customer',
    i % 3 ? 'fast' : 'slow',
  ]);
  expect(found).toEqual({ time: 'timestamp', output: 'output' });
  expect(segments).toEqual(expect.arrayContaining(['client', 'tempo']));
});

test('no name stands for two fields', () => {
  const names = fieldNames.flatMap((field) => [...new Set(foreignNames(field))]);
  const twice = names.filter((name, i) => names.indexOf(name) !== i);
  expect(twice).toEqual([]);
  const english = fieldNames.flatMap((field) => fields[field].aliases.map((alias) => [alias, field] as const));
  expect(english.filter(([alias, field]) => names.includes(alias) && !foreignNames(field).includes(alias))).toEqual([]);
});

const question = (i: number) => `Where is parcel ${i} that I sent to my aunt?`;
const answer = (i: number) => `The parcel ${i} is on its way to you.`;

test.each([
  [
    'latency',
    'latency_sec | responseTimeS | processing_time_ms | duration_sec | Dauer_s | total duration (s) | LLMLatency | time_taken_s',
    '1.5',
  ],
  ['cost', 'cost_eur | total_cost_in_usd | usd | price_usd | Kosten_EUR | llmCost', '0.002'],
  ['inputTokens', 'n_prompt_tokens | tokens_prompt | inputTokenCount | tokens used in', '120'],
  ['outputTokens', 'n_completion_tokens | tokens_completion | generatedTokens', '80'],
  ['score', 'judge_score | user_rating | quality_score | csat | helpful | thumbs_up | Bewertung_Kunde', '4'],
] as const)('%s is found by the words of the name', (field, names, value) => {
  for (const name of names.split(' | ')) {
    const { found, segments } = mapped(`timestamp | user_query | bot_response | ${name}`, (i) => [
      time(i),
      question(i),
      answer(i),
      value,
    ]);
    expect({ [name]: found }).toEqual({
      [name]: { time: 'timestamp', input: 'user_query', output: 'bot_response', [field]: name },
    });
    expect(segments).toEqual([]);
  }
});

test.each([
  'time_to_first_token_ms',
  'tokens_per_second',
  'max_output_tokens',
  'shipping_cost',
  'order_price_usd',
  'confidence_score',
  'toxicity_score',
  'rating_count',
  'session_duration',
  'input_cost',
  'cached_prompt_tokens',
])('%s is none of these fields', (name) => {
  const { found } = mapped(`timestamp | input | output | ${name}`, (i) => [time(i), question(i), answer(i), String(1 + (i % 9))]);
  expect(found).toEqual({ time: 'timestamp', input: 'input', output: 'output' });
});

test('of several scores the likeliest is the score, the others are scores beside it and no segments', () => {
  const { found, segments, mapping } = mapped('timestamp | output | user_rating | is_correct | helpful | tier', (i) => [
    time(i),
    answer(i),
    String(1 + (i % 5)),
    i % 3 ? 'true' : 'false',
    i % 4 ? 'True' : 'False',
    i % 2 ? 'gold' : 'free',
  ]);
  expect(found).toEqual({ time: 'timestamp', output: 'output', score: 'is_correct' });
  expect(segments).toEqual(['tier']);
  expect(mapping.scores.map(({ label, worse }) => [label, worse])).toEqual([
    ['user_rating', 'down'],
    ['helpful', 'down'],
  ]);
});

test.each([
  ['rating', ['bad', 'ok', 'Good']],
  ['grade', ['F', 'C', 'B', 'A']],
  ['Bewertung', ['schlecht', 'mittel', 'gut']],
  ['user_satisfaction', ['dissatisfied', 'satisfied', 'very satisfied']],
  ['quality', ['poor', 'fair', 'good', 'excellent']],
])('a score in words of several levels: %s', (name, levels) => {
  const { found, mapping } = mapped(`timestamp | output | ${name} | priority | sentiment`, (i) => [
    time(i),
    answer(i),
    levels[i % levels.length]!,
    ['low', 'medium', 'high'][i % 3]!,
    ['positive', 'neutral', 'negative'][i % 3]!,
  ]);
  expect(found.score).toBe(name);
  expect(mapping.grades).not.toBeNull();
  expect(mapping.scores).toEqual([]);
  expect(mapping.assumptions.join()).toContain(`"${name}" holds grades in words: "${levels[0]!.toLowerCase()}" `);
});

test('times in no known format are no questions', () => {
  const { found, mapping } = mapped('timestamp | user | reply', (i) => [
    `Mar ${1 + (i % 28)}, 2026 at ${i % 12}:0${i % 10} in the morning`,
    `u${i}`,
    answer(i),
  ]);
  expect(found).not.toHaveProperty('input');
  expect(mapping.assumptions.join()).toContain('"timestamp" was not read as the time');
});

test('what graders measure is a score, also where a tool keeps each in a list, and what a call should not be is worse when there is more', () => {
  const { found, segments, mapping } = mapped(
    'timestamp | output | answer_relevancy | user-feedback | hallucination | toxicity_score | retrieval_score | relevance_reason',
    (i) => [
      time(i),
      answer(i),
      String(0.5 + (i % 50) / 100),
      i % 3 ? '' : `[${i % 2}]`,
      String(i % 2),
      `0.${i % 10}`,
      `0.${i + 100}`,
      'because',
    ],
  );
  expect(found).toEqual({ time: 'timestamp', output: 'output', score: 'answer_relevancy' });
  expect(segments).toEqual([]);
  expect(mapping.scores.map(({ name, label, worse }) => [name, label, worse])).toEqual([
    ['user-feedback.0', 'user-feedback', 'down'],
    ['hallucination', 'hallucination', 'up'],
    ['toxicity_score', 'toxicity_score', 'up'],
  ]);
});

const labels = ['billing', 'sales', 'other'];
test.each([
  ['date | text | label | gold | model', 'label', 'gold', 'text'],
  ['date | text | predicted_label | true_label | model', 'predicted_label', 'true_label', 'text'],
  ['date | ticket_text | prediction | label | model', 'prediction', 'label', 'ticket_text'],
  ['date | q | a | truth | model', 'a', 'truth', 'q'],
  ['date | question | answer | reference | model', 'answer', 'reference', 'question'],
])('labels beside the right ones: %s', (header, output, expected, input) => {
  const said = header.split(' | ').map((name) => (name === output ? 0 : 1));
  const { found, segments } = mapped(header, (i) => [
    time(i),
    question(i),
    labels[(i + (said[2] === 0 ? 0 : i % 4 ? 0 : 1)) % 3]!,
    labels[(i + (i % 5 ? 0 : 1)) % 3]!,
    'gpt-4o',
  ]);
  expect(found).toEqual({ time: 'date', input, output, expected, model: 'model' });
  expect(segments).toEqual([]);
});

test('two columns of labels, of which neither is named as right, are no pair', () => {
  const { found, segments } = mapped('date | question | answer | category | label', (i) => [
    time(i),
    question(i),
    answer(i),
    labels[i % 3]!,
    labels[(i + 1) % 3]!,
  ]);
  expect(found).toEqual({ time: 'date', input: 'question', output: 'answer' });
  expect(segments).toEqual(['category', 'label']);
});

test('values that cannot be measured are told', () => {
  const { mapping } = mapped('timestamp | output | latency_s', (i) => [
    time(i),
    answer(i),
    i % 20 === 3 ? '-5' : i % 20 === 4 ? '1e308' : '1.5',
  ]);
  expect(mapping.assumptions.join()).toMatch(
    /Of 60 values of "latency_s" in a sample 6 such as "-5" are negative, far too large/,
  );
});

test('the function that a tool call names is no workflow', () => {
  const message = { role: 'assistant', content: null, tool_calls: [{ function: { name: 'lookup' } }] };
  const { found } = mapped('created | model | choices', (i) => [time(i), 'gpt-4o', JSON.stringify([{ message, index: i }])]);
  expect(found.workflow).toBeUndefined();
});
