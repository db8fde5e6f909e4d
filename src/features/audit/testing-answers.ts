import { join } from 'node:path';
import { seededRandom } from '../../detect/index.ts';
import { DAY_MS, fixedClock } from '../../platform/clock.ts';
import { readConfig } from '../../platform/config.ts';
import { localContext } from '../../platform/context.ts';
import { openLog } from '../../platform/log.ts';
import { perform } from '../../platform/operation.ts';
import { runAudit } from './operations.ts';
import { START_MS, temporary, writeRows, type Row } from './testing.ts';

/** Answers as assistants write them, for tests of what an audit reads from texts. */

type Random = () => number;
const pick = <T>(list: readonly T[], random: Random): T => list[Math.floor(random() * list.length)]!;

const banks = {
  en: {
    subject: [
      'your order',
      'the parcel',
      'the invoice for the lamp',
      'the amount that you paid',
      'our carrier in the north',
      'the team at the warehouse',
    ],
    verb: ['was sent to', 'is on its way to', 'has been checked by', 'will be taken care of by', 'was delayed because of'],
    object: [
      'the address in your account',
      'a colleague of the support desk',
      'the storm at the coast',
      'the shop that is near you',
      'the bank that issued the card',
    ],
    tail: [
      'and you will hear from us by tomorrow',
      'so there is nothing that you have to do',
      'which may take up to three days',
      'and the rest of the goods will follow',
      'as we wrote in our last mail',
    ],
    stop: '.',
  },
  de: {
    subject: [
      'Ihre Bestellung',
      'das Paket',
      'die Rechnung für die Lampe',
      'der Betrag',
      'unser Bote im Norden',
      'das Team im Lager',
    ],
    verb: ['wurde geprüft und geht an', 'ist auf dem Weg an', 'liegt bei', 'wartet noch auf', 'kommt heute zu'],
    object: [
      'die Adresse in Ihrem Konto',
      'eine Kollegin der Beratung',
      'den Laden in der Nähe',
      'die Bank, die die Karte ausgab',
    ],
    tail: [
      'und Sie hören von uns bis morgen',
      'sodass für Sie nichts zu tun ist',
      'was bis zu drei Tage dauern kann',
      'und der Rest der Ware folgt',
    ],
    stop: '.',
  },
  hi: {
    subject: ['आपका ऑर्डर', 'आपका पार्सल', 'दीपक का बिल', 'आपकी राशि'],
    verb: ['कल शाम को', 'तीन दिनों में', 'अगले सप्ताह', 'आज दोपहर को'],
    object: ['आपके पते पर', 'पास की दुकान में', 'हमारे गोदाम से'],
    tail: ['पहुँच जाएगा', 'भेज दिया जाएगा', 'जाँच लिया जाएगा'],
    stop: '।',
  },
} as const;

export type Language = keyof typeof banks;

export function sentence(random: Random, language: Language = 'en', stop: string = banks[language].stop): string {
  const { subject, verb, object, tail } = banks[language];
  const text = [subject, verb, object, tail].map((list) => pick(list, random)).join(' ');
  return text.charAt(0).toUpperCase() + text.slice(1) + stop;
}

/** Some sentences in one language. */
export const prose = (random: Random, language: Language = 'en', least = 2) =>
  Array.from({ length: least + Math.floor(4 * random()) }, () => sentence(random, language)).join(' ');

const pieces = [
  '注文は',
  '昨日',
  '倉庫から',
  '発送され、',
  '明日の午後に',
  'ご登録の住所へ',
  '届く予定です',
  '返品は',
  '三十日以内に',
  'お願いいたします',
];
/** The same in Japanese, which puts no space between words. */
export const japanese = (random: Random) =>
  Array.from({ length: 3 }, () => `${Array.from({ length: 6 }, () => pick(pieces, random)).join('')}。`).join('');

/** Stops at a place that has nothing to do with what is said. */
export const cutSomewhere = (text: string, random: Random) => text.slice(0, Math.floor(text.length * (0.5 + 0.45 * random())));

/** Words and marks: about what a model counts as tokens. */
export const tokensOf = (text: string) => text.match(/\p{L}+|\P{L}/gu)?.length ?? 0;
export const cutAtTokens = (text: string, most: number) => (text.match(/\p{L}+|\P{L}/gu) ?? []).slice(0, most).join('');

/** What a call holds beside its time; `late`: in the second half of the log. */
export type Answer = (random: Random, late: boolean, i: number) => Row;
export const DAYS = 30;
const CALLS_A_DAY = 50;

/** Audits of logs of a month, in a directory of their own. */
export function openAudits() {
  const ctx = localContext({ now: fixedClock('2026-09-01T00:00:00Z'), config: readConfig({}), log: openLog('silent') });
  const dir = temporary();
  return {
    async audited(name: string, answer: Answer) {
      const random = seededRandom(name.length * 131 + 7);
      const rows = Array.from({ length: DAYS * CALLS_A_DAY }, (_, i): Row => ({
        timestamp: new Date(START_MS + (i * DAY_MS) / CALLS_A_DAY).toISOString(),
        input: `A question about order ${Math.floor(random() * 1e6)}`,
        ...answer(random, i >= (DAYS / 2) * CALLS_A_DAY, i),
      }));
      return (await perform(runAudit, ctx, { files: [writeRows(join(dir.path, `${name}.jsonl`), rows)] })).report;
    },
    [Symbol.dispose]: () => dir[Symbol.dispose](),
  };
}
