/** Answers that say that the documents, or the search, held nothing: what a search over documents says when it fails. Lower case. */

const within = (most: number) => `[^.!?\\n]{0,${most}}`;
/** Where an answer was looked for; of a text or an article only one that was given. */
const given = `(?:provided|given|supplied|retrieved|available|attached|uploaded)`;
const places = `(?:context|documents?|documentation|sources?|passages?|excerpts?|snippets?|search results|knowledge base|${given} (?:text|information|articles?|materials?|data|content))`;
const information = `(?:information|details|mention|references?|answers?|data|content|documents?|passages?|sources?|anything)`;
const holds = [
  `(?:contain|include|provide|have|offer|give|hold) (?:[a-z']+ ){0,4}${information}`,
  'mention',
  'address',
  'cover',
  'answer',
  'specify',
].join('|');

/** Patterns of one language. */
export interface Patterns {
  /** No text fits any of the patterns without one of these; asked first, as a pattern is compiled anew for each block of rows. */
  needs: readonly string[] | null;
  patterns: readonly string[];
}

export const nonAnswers: readonly Patterns[] = [
  {
    needs: null,
    patterns: [
      `\\b(?:i|we|i'm|i am|i was) (?:(?:could|can|did) ?(?:n't|not)|(?:was |were |am |are )?(?:not able|unable) to|wasn't able to) (?:find|locate) (?:any |enough |the |an |relevant |specific |sufficient |further )*${information}\\b`,
      `\\b${places}(?: (?:that )?(?:i was |you |i have )?(?:${given}|above|below))? (?:do|does|did)(?:n't| not) (?:seem to |appear to |explicitly |directly |currently )*(?:${holds})\\b`,
      `\\b(?:i|we) (?:do not|don't) have (?:enough |sufficient |any |the |access to )*(?:[a-z]+ ){0,2}information\\b`,
      `\\b(?:i|we) (?:could|can|did) ?(?:n't|not) (?:find|locate) [^.!?\\n]{0,40}\\bin (?:the|any of the|your|our|my) (?:${given} )?${places}\\b`,
      `^[^a-z]*(?:(?:i'm |i am )?sorry,? )?(?:but )?i (?:do not|don't) know(?: the answer)?[.!,;]`,
      `\\bnot (?:mentioned|contained|included|found|covered|available|specified|stated) in (?:the|any of the|your|our|my) (?:${given} )?${places}\\b`,
    ],
  },
  {
    needs: [
      'no relevant',
      'no specific',
      'no further',
      'no such',
      'no information',
      'no mention',
      'no answer',
      'no data',
      'no details',
      'no documents',
      'no results',
      'no passages',
    ],
    patterns: [
      `\\bno (?:relevant |specific |further |such )*(?:information|mention|answers?|data|details|documents|results|passages)\\b${within(80)}\\b(?:${places}|found|was retrieved|were retrieved)\\b`,
    ],
  },
  {
    needs: ['not enough information'],
    patterns: [`\\bnot enough information\\b${within(60)}\\b(?:${places}|answer)\\b`],
  },
  {
    needs: ['kein'],
    patterns: [
      `keine?n? (?:[a-zäöü]+ )?(?:information(?:en)?|angaben|antwort|hinweise?)${within(80)}(?:kontext|dokument|quelle|unterlagen|wissensdatenbank)`,
      `(?:kontext|dokumente?n?|quellen|unterlagen|wissensdatenbank) (?:enthält|enthalten|liefert|liefern|gibt|geben) (?:leider |dazu |hierzu )*keine`,
    ],
  },
  {
    needs: ['aucune', 'pas ', ' ne '],
    patterns: [
      `(?:aucune|pas (?:trouvé )?d(?:e |'))[ ]?(?:informations?|réponse|mention)${within(80)}(?:documents?|contexte|sources?)`,
      `(?:contexte|documents?|sources?)(?: [a-zéè]+)? ne (?:contient|contiennent|mentionne|mentionnent|fournit|fournissent) (?:pas|aucune)`,
    ],
  },
  {
    needs: ['encontr', 'encuentro', 'no hay', ' no contiene', ' no menciona', ' no incluye', ' no proporciona'],
    patterns: [
      `\\bno (?:he encontrado|encontré|encuentro|pude encontrar|hay)${within(30)}(?:información|respuesta|mención)${within(80)}(?:documentos?|contexto|fuentes?)`,
      `(?:contexto|documentos?|fuentes?)(?: [a-zó]+)? no (?:contienen?|mencionan?|incluyen?|proporcionan?) `,
    ],
  },
  {
    needs: ['non '],
    patterns: [
      `\\bnon (?:ho trovato|trovo|sono riuscito a trovare|ci sono)${within(30)}(?:informazioni|risposta)${within(80)}(?:documenti|contesto|fonti)`,
      `(?:contesto|documenti|fonti)(?: [a-z]+)? non (?:contiene|contengono|menziona|menzionano|fornisce|forniscono) `,
    ],
  },
  {
    needs: ['não '],
    patterns: [
      `não (?:encontrei|foi possível encontrar|consegui encontrar|há)${within(30)}(?:informaç|resposta)${within(80)}(?:documentos?|contexto|fontes)`,
      `(?:contexto|documentos?|fontes)(?: [a-z]+)? não (?:contém|contêm|menciona|mencionam|fornece|fornecem) `,
    ],
  },
  {
    needs: ['geen'],
    patterns: [
      `geen (?:[a-z]+ )?(?:informatie|antwoord)${within(80)}(?:documenten|context|bronnen)`,
      `(?:context|documenten|bronnen) (?:bevat|bevatten|geeft|geven) (?:helaas )?geen`,
    ],
  },
];

/**
 * One of these is in nearly each of them: as patterns, as "that contain" and "product answer" are in every other text of some logs. Few,
 * as a search for more takes longer.
 */
export const nonAnswerSigns = [
  `(?:not|n't|n’t) (?:find|locate|contain|include|provide|mention|specify|cover|answer|seem to|appear to|explicitly|have enough|have sufficient|have any inf|have the inf|have inf|have access|know)`,
  ...`not found in,not enough inf,no information,no relevant,no mention,keine,aucune,ne conti,ne menti
no he encontrado,no encontr,no conti,non ho trov,non conti,não enc,não cont,geen `.split(/[,\n]/),
];
