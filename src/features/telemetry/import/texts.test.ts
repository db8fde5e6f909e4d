import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { hour, openReader, times } from './testing/read-log.ts';
import { languageOf, refusal } from './texts.ts';

let reader: Awaited<ReturnType<typeof openReader>>;
beforeAll(async () => {
  reader = await openReader();
});
afterAll(() => reader[Symbol.asyncDispose]());

const ask = (sql: string, name: string, texts: readonly string[]) =>
  reader.store
    .rows(z.object({ found: z.union([z.string(), z.number()]) }))(
      `select ${sql} as found from (select arrayJoin({texts:Array(String)}) as ${name})`,
      { texts },
    )
    .then((rows) => rows.map(({ found }) => found));

const refusals = [
  "I'm sorry, but I can't help with that.",
  'I’m sorry, but I can’t assist with that request.',
  'Sorry, I cannot provide medical advice.',
  'I cannot fulfill this request.',
  "I can't comply with that.",
  'As an AI language model, I do not have personal opinions.',
  "As an AI, I can't browse the internet.",
  "I'm unable to assist with creating malware.",
  'I am not able to provide instructions for that.',
  "I won't be able to help you with that.",
  'I must respectfully decline.',
  'That would go against my guidelines.',
  'I cannot and will not write that. I cannot generate content that is hateful.',
  "I apologize, but I'm not comfortable discussing that topic.",
  "Unfortunately, I can't share that information.",
  'I cannot create that for you.',
  'Es tut mir leid, aber ich kann dabei nicht helfen.',
  'Je suis désolé, mais je ne peux pas vous aider.',
  'Lo siento, pero no puedo ayudar con eso.',
];
const nonAnswers = [
  'I could not find any information about this in the documents provided.',
  'The provided context does not contain the answer to this question.',
  "I couldn't find relevant information in the knowledge base.",
  'Sorry, the documents don’t mention a price.',
  'There is no information about this in the given context.',
  "I don't have enough information to answer that.",
  'The answer is not mentioned in the provided documents.',
  'No relevant documents were found.',
  'Ich konnte dazu keine Informationen in den Dokumenten finden.',
  'Der bereitgestellte Kontext enthält keine Antwort auf diese Frage.',
  "Je n'ai trouvé aucune information à ce sujet dans les documents.",
  'Le contexte fourni ne contient pas la réponse.',
  'No he encontrado información sobre esto en los documentos.',
  'El contexto proporcionado no contiene la respuesta.',
  'Non ho trovato informazioni su questo nei documenti.',
  'Não encontrei informações sobre isso nos documentos.',
  'Ik heb hierover geen informatie in de documenten gevonden.',
];
const elsewhere = [
  "I'm sorry, but I don't have information about that.",
  "I don't know.",
  'Sorry, that is outside of what I can do for you.',
  'Your request was blocked by our content filter.',
  'I am not authorized to share account details.',
  'I could not find this in the documents.',
  'Das kann ich leider nicht beantworten.',
  'Leider habe ich dazu keine Informationen.',
  'Ich kann Ihnen bei dieser Anfrage nicht helfen.',
  'Dazu liegen mir keine Informationen vor.',
  'Tut mir leid, diese Frage kann ich nicht beantworten.',
  'Ich bin nicht in der Lage, diese Anfrage zu bearbeiten.',
  'Als KI-Sprachmodell darf ich dazu keine Auskunft geben.',
  'Je suis désolé, mais je ne peux pas répondre à cette question.',
  "Désolé, je n'ai pas trouvé d'information à ce sujet.",
  "Je ne dispose pas d'informations sur ce sujet.",
  'No lo sé, no tengo información sobre eso en los documentos.',
  'Lo siento, no encontré información sobre ese tema.',
  'No dispongo de información suficiente para responder.',
  'Lamentablemente no puedo responder a esa pregunta.',
  'Non ho trovato informazioni su questo argomento.',
  'Não encontrei informações sobre esse assunto.',
  'Ik heb daar geen informatie over gevonden.',
  '申し訳ございませんが、そのご質問にはお答えできません。',
  '恐れ入りますが、そのご要望には対応できません。',
  '申し訳ありませんが、お手伝いすることができません。',
  'その情報は見つかりませんでした。',
  '很抱歉，我无法回答这个问题。',
  '对不起，我不能提供这方面的帮助。',
  '抱歉，文档中没有相关信息。',
  '죄송하지만 그 질문에는 답변드릴 수 없습니다.',
  'К сожалению, я не могу помочь с этим запросом.',
  'Извините, у меня нет информации об этом.',
  'عذرًا، لا أستطيع المساعدة في ذلك.',
  'Przepraszam, ale nie mogę w tym pomóc.',
  'Üzgünüm, bu konuda yardımcı olamam.',
  'Beklager, det kan jeg ikke hjelpe med.',
];
const answers = [
  'We do not know when the parcel was sent, but it will be with you soon.',
  'Ich kann die Bestellung für Sie heute noch stornieren, das ist nicht schwer.',
  'Wir haben keine Informationen an Dritte weitergegeben.',
  'Je ne vois aucun problème avec votre commande.',
  'No se preocupe, tengo información sobre su pedido.',
  '返品は三十日以内であれば問題ありません。',
  '没有问题，我们会尽快处理您的订单。',
  '문제없습니다. 내일 도착합니다.',
  'Ваш заказ не может быть изменён после отправки.',
  'Nie ma problemu, paczka dotrze jutro.',
  "I'm sorry to hear that your order arrived late. I have refunded it.",
  "I'm sorry, I can see that the parcel was lost. A new one is on its way.",
  'Sorry for the delay! I can help you with that right away.',
  'As an AI assistant, I can help you track orders.',
  "We can't wait to see you again.",
  "I can't find an order with that number. Could you check it?",
  'You cannot return sale items after 30 days.',
  "I can't help but notice that your invoice is already paid.",
  'The server was unable to provide a response, so restart it.',
  'If the card is declined, try another one.',
  'Our guidelines say that refunds take 5 days.',
  'The sum cannot be negative. [No]',
  "I'm unable to locate your parcel, so I have opened a case.",
  'Ich kann Ihnen gerne helfen.',
  'He said he will not help them.',
  'The price does not include shipping.',
  'Your plan does not cover repairs, but you can add it at any time.',
  'There is no data left on your plan until Monday.',
  'You do not have any open invoices.',
  'Die Rücksendung kostet keine Gebühr, wie im Vertrag steht.',
  'No hay problema, le enviamos los documentos hoy.',
  'Please find the information in the documents provided.',
  'We do not offer refunds on sale items; see the documents [1].',
];

test('refusals are recognised', async () => {
  const found = await ask(refusal, 'o', refusals);
  expect(refusals.filter((_, i) => found[i] !== 1)).toEqual([]);
});

test('answers that found nothing in the documents count as refusals', async () => {
  const found = await ask(refusal, 'o', nonAnswers);
  expect(nonAnswers.filter((_, i) => found[i] !== 1)).toEqual([]);
});

test('refusals in other languages, and other ways to decline', async () => {
  const found = await ask(refusal, 'o', elsewhere);
  expect(elsewhere.filter((_, i) => found[i] !== 1)).toEqual([]);
});

test('ordinary answers are no refusals', async () => {
  const found = await ask(refusal, 'o', answers);
  expect(answers.filter((_, i) => found[i] !== 0)).toEqual([]);
});

test('languages are told by script and by common words', async () => {
  const texts = {
    en: 'You can return the parcel to the shop and that is free for you.',
    de: 'Sie können das Paket zurückgeben, und das ist für Sie nicht teuer.',
    fr: 'Vous pouvez retourner le colis et les frais sont pour la boutique.',
    ja: 'この商品は三十日以内であれば返品することができます。領収書が必要です。',
    zh: '您可以在三十天之内退货，但是需要提供收据，谢谢您的理解和支持。',
    ru: 'Вы можете вернуть товар в течение тридцати дней с чеком.',
  };
  expect(await ask(languageOf('output'), 'output', Object.values(texts))).toEqual(Object.keys(texts));
});

test('a column of verdicts is the score by its name and its words', async () => {
  const rows = times(40, (i) => ({ when: hour(i), reply: `answer ${i}`, verdict: i % 4 ? 'good' : 'bad' }));
  const { calls, fields } = await reader.read(reader.write('verdicts.jsonl', rows.map((row) => JSON.stringify(row)).join('\n')));
  expect(fields).toMatchObject({ score: 'verdict' });
  expect(calls.map(({ graded }) => graded).slice(0, 5)).toEqual([0, 1, 1, 1, 0]);
});

test('the language of a short question is told', async () => {
  const questions = [
    'Can you please check my new invoice?',
    'How do I return a ticket?',
    'Wie kann ich bezahlen?',
    'Hoe kan ik betalen?',
  ];
  expect(await ask(languageOf('input', 15), 'input', questions)).toEqual(['en', 'en', 'de', 'nl']);
});
