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
