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

export const nonAnswers = [
  `\\b(?:i|we|i'm|i am|i was) (?:(?:could|can|did) ?(?:n't|not)|(?:was |were |am |are )?(?:not able|unable) to|wasn't able to) (?:find|locate) (?:any |enough |the |an |relevant |specific |sufficient |further )*${information}\\b`,
  `\\b${places}(?: (?:that )?(?:i was |you |i have )?(?:${given}|above|below))? (?:do|does|did)(?:n't| not) (?:seem to |appear to |explicitly |directly |currently )*(?:${holds})\\b`,
  `\\bno (?:relevant |specific |further |such )*(?:information|mention|answers?|data|details|documents|results|passages)\\b${within(80)}\\b(?:${places}|found|was retrieved|were retrieved)\\b`,
  `\\b(?:i|we) (?:do not|don't) have (?:enough|sufficient|any|the) (?:[a-z]+ ){0,2}information\\b`,
  `\\bnot (?:mentioned|contained|included|found|covered|available|specified|stated) in (?:the|any of the|your|our|my) (?:${given} )?${places}\\b`,
  `\\bnot enough information\\b${within(60)}\\b(?:${places}|answer)\\b`,
  `keine?n? (?:[a-zäöü]+ )?(?:information(?:en)?|angaben|antwort|hinweise?)${within(80)}(?:kontext|dokument|quelle|unterlagen|wissensdatenbank)`,
  `(?:kontext|dokumente?n?|quellen|unterlagen|wissensdatenbank) (?:enthält|enthalten|liefert|liefern|gibt|geben) (?:leider |dazu |hierzu )*keine`,
  `(?:aucune|pas (?:trouvé )?d(?:e |'))[ ]?(?:informations?|réponse|mention)${within(80)}(?:documents?|contexte|sources?)`,
  `(?:contexte|documents?|sources?)(?: [a-zéè]+)? ne (?:contient|contiennent|mentionne|mentionnent|fournit|fournissent) (?:pas|aucune)`,
  `\\bno (?:he encontrado|encontré|encuentro|pude encontrar|hay)${within(30)}(?:información|respuesta|mención)${within(80)}(?:documentos?|contexto|fuentes?)`,
  `(?:contexto|documentos?|fuentes?)(?: [a-zó]+)? no (?:contienen?|mencionan?|incluyen?|proporcionan?) `,
  `\\bnon (?:ho trovato|trovo|sono riuscito a trovare|ci sono)${within(30)}(?:informazioni|risposta)${within(80)}(?:documenti|contesto|fonti)`,
  `(?:contesto|documenti|fonti)(?: [a-z]+)? non (?:contiene|contengono|menziona|menzionano|fornisce|forniscono) `,
  `não (?:encontrei|foi possível encontrar|consegui encontrar|há)${within(30)}(?:informaç|resposta)${within(80)}(?:documentos?|contexto|fontes)`,
  `(?:contexto|documentos?|fontes)(?: [a-z]+)? não (?:contém|contêm|menciona|mencionam|fornece|fornecem) `,
  `geen (?:[a-z]+ )?(?:informatie|antwoord)${within(80)}(?:documenten|context|bronnen)`,
  `(?:context|documenten|bronnen) (?:bevat|bevatten|geeft|geven) (?:helaas )?geen`,
];

/** One of these is in nearly each of them; few, as a search for more takes twice as long. "t find" ends "not find" and "couldn't find". */
export const nonAnswerSigns =
  `t find,t locate,t contain,t include,t provide,t mention,t specify,t cover,t answer,t seem to,t appear to,t explicitly
t have enough,t have sufficient,t have any inf,t have the inf,not found in,not enough inf,no information,no relevant,no mention,keine,aucune,ne conti,ne menti
no he encontrado,no encontr,no conti,non ho trov,non conti,não enc,não cont,geen `.split(/[,\n]/);
