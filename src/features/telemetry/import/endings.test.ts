import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { endingOf, ENDING, lastWords, tailOf } from './endings.ts';
import { openReader } from './testing/read-log.ts';

let reader: Awaited<ReturnType<typeof openReader>>;
beforeAll(async () => {
  reader = await openReader();
});
afterAll(() => reader[Symbol.asyncDispose]());

const endings = async (texts: readonly string[]) => {
  const rows = await reader.store.rows(z.object({ how: z.number(), last: z.string() }))(
    `select ${endingOf(null)} as how, if(how = ${ENDING.open}, ${lastWords('o')}, '') as last from (select arrayJoin({texts:Array(String)}) as o, ${tailOf} as tail)`,
    { texts },
  );
  return rows;
};

const LONG = 'Your parcel left our warehouse on Monday and the carrier has it now, so it will reach you soon';
const finished = [
  `${LONG}.`,
  `${LONG}!  \n`,
  `${LONG} 🎉`,
  `${LONG} ❤️`,
  `He said: “${LONG}”`,
  `${LONG} (see the mail)`,
  `**${LONG}**`,
  '您可以在三十天之内退货，但是需要提供收据，谢谢您的理解和支持。',
  'この商品は三十日以内であれば返品することができます。領収書が必要です。',
  'يمكنك إرجاع المنتج خلال ثلاثين يومًا، فهل لديك الإيصال؟',
  'आप तीस दिनों के भीतर उत्पाद वापस कर सकते हैं, रसीद ज़रूरी है।',
  '\u06A9\u06CC\u0627 \u0622\u067E \u06A9\u0648 \u0631\u0633\u06CC\u062F \u0686\u0627\u06C1\u06CC\u06D2 \u06C1\u0645 \u0628\u06BE\u06CC\u062C \u062F\u06CC\u06BA \u06AF\u06D2\u06D4',
  `${LONG}. Track it here: https://example.com/track/12345?ref=mail`,
  `${LONG}. Write to help@example.com`,
  `Steps:\n- open the app and look for the order\n- press the button that says return`,
  `Steps:\n1. Open the app and look for the order\n2. Press return`,
  `| order | state | where the parcel is now |\n|---|---|---|\n| 1 | sent | Hamburg |`,
  `Hello,\n\n${LONG}.\n\nBest regards,\nThe Acme Team`,
  `Here it is:\n\`\`\`sql\nselect count() from orders where state = 'sent'\n\`\`\``,
  '{"category": "billing", "reply": "We have sent the amount back to you"}',
  '```json\n{"category": "billing", "reply": "We have sent the amount back to you"}\n```',
  '[{"category": "billing"}, {"category": "delivery"}, {"category": "returns"}]\n',
  'SELECT customer, count(*) FROM orders WHERE state = "sent" GROUP BY customer;',
];
const open = [
  LONG,
  `${LONG} on 12`,
  'Steps:\n- Open the app, and look for the order.\n- Press the button that says return, and then wait until the comp',
];
const broken = [
  `${LONG} and`,
  `${LONG}, because the`,
  `${LONG},`,
  `${LONG} (`,
  'Ihr Paket ist auf dem Weg, und der Bote bringt es heute oder morgen zu der',
  'Votre colis est en route et le transporteur vous le livre demain dans la',
  '您可以在三十天之内退货，但是需要提供收据，谢谢您的理解和支持，',
  `Here it is:\n\`\`\`python\ndef total(orders):\n    return sum(order.amount for order in orders)`,
  '{"category": "billing", "reply": "We have sent the amount back to',
  '{"category": "billing", "amount": 12, "reply": "We have sent it"',
];
const silent = ['billing', 'Refund for a late parcel', 'สินค้านี้สามารถคืนได้ภายในสามสิบวันโดยต้องมีใบเสร็จรับเงินมาแสดง', ''];

test.each<[keyof typeof ENDING, readonly string[]]>([
  ['finished', finished],
  ['open', open],
  ['broken', broken],
  ['unknown', silent],
])('%s', async (name, texts) => {
  const rows = await endings(texts);
  expect(texts.filter((_, i) => rows[i]!.how !== ENDING[name])).toEqual([]);
});

test('of an open end the last two words are kept, of others none', async () => {
  const rows = await endings([LONG, `${LONG}.`, `${LONG} and`]);
  expect(rows.map(({ last }) => last)).toEqual(['you soon', '', '']);
});

test('what the provider says goes before what the text shows', async () => {
  const logged = ['stop', 'length', 'MAX_TOKENS', 'end_turn'].map((finish_reason, i) =>
    JSON.stringify({ timestamp: `2026-05-04T0${i}:00:00Z`, answer: `${LONG}.`, finish_reason }),
  );
  const { calls } = await reader.read(reader.write('finish.jsonl', logged.join('\n')));
  const { finished: whole, cut } = ENDING;
  expect(calls.map(({ ending }) => ending)).toEqual([whole, cut, cut, whole]);
});
