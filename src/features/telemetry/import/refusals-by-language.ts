import type { Patterns } from './non-answers.ts';

/** How answers decline, or say that they know nothing, in languages other than English. Lower case, as `needs` are. */

/** What may stand between, in the same sentence: a repeat with a limit takes many times as long to be compiled. */
const near = '[^.!?\\n]*';
const nearby = '[^。！？\\n]*';

export const refusalsByLanguage: readonly Patterns[] = [
  {
    needs: ['ich kann', 'kann ich', 'darf ich', 'in der lage', 'keine info', 'keine ausk', 'keine angab', 'keine antwort'],
    patterns: [
      `(?:kann|darf) ich ${near}(?:nicht|keine) (?:beantworten|antworten|(?:weiter)?helfen|bearbeiten|auskunft|informationen geben)`,
      `ich kann ${near}(?:nicht|keine) (?:beantworten|(?:weiter)?helfen|bearbeiten|auskunft)`,
      `ich bin ${near}nicht in der lage`,
      `(?:habe ich|ich habe|liegen mir|mir liegen|finde ich|ich finde) ${near}keine (?:[a-zäöüß]+ )?(?:informationen|angaben|auskunft|antwort)`,
    ],
  },
  {
    needs: [`je n'ai`, 'je ne '],
    patterns: [
      `je n'ai ${near}(?:pas|aucune|rien)${near}(?:informations?|réponse)|je n'ai (?:malheureusement )?rien trouvé`,
      `je ne (?:dispose|trouve|possède) ${near}(?:informations?|réponse)`,
      `je ne sais pas[.,! ]`,
    ],
  },
  {
    needs: ['no tengo', 'no dispongo', 'no encontr', 'no encuentro', 'no he encontrado', 'no puedo', 'no lo sé', 'no cuento con'],
    patterns: [
      `no (?:tengo|dispongo de|encontré|encuentro|he encontrado|cuento con)${near} (?:información|respuesta)`,
      `no puedo (?:responder|contestar|atender|compartir|hablar de)`,
      `no lo sé\\b`,
    ],
  },
  {
    needs: ['non ho ', 'non dispongo', 'non sono in grado', 'non lo so', 'non posso'],
    patterns: [
      `non (?:ho trovato|ho|dispongo di)${near} (?:informazioni|risposta)`,
      `non (?:posso|sono in grado di) (?:aiut|rispond|forn|assist|condivid|discut)`,
      `non lo so\\b`,
    ],
  },
  {
    needs: ['não tenho', 'não disponho', 'não possuo', 'não encontrei', 'não consigo', 'não posso', 'não sei'],
    patterns: [
      `não (?:tenho|disponho de|possuo|encontrei)${near} (?:informaç|resposta)`,
      `não (?:posso|consigo) (?:responder|ajudar|fornecer|compartilhar|discutir)`,
      `não sei (?:responder|a resposta|informar)|^[^a-zà-ú]*não sei[.,!]`,
    ],
  },
  {
    needs: ['geen info', 'geen antwoord', 'kan ik', 'ik kan'],
    patterns: [
      `ik (?:heb|vind|kon|kan) ${near}geen (?:informatie|antwoord)`,
      `(?:kan ik|ik kan) ${near}niet (?:beantwoorden|helpen|behandelen)`,
    ],
  },
  {
    needs: ['できません', 'できかね', 'いたしかね', '致しかね', 'しかねます', '見つかりません', '見つけられ', '情報は', '情報が'],
    patterns: [
      `(?:お答え|回答|対応|お手伝い|ご案内|お役に立つこと|お力に|提供|お応え)${nearby}(?:できません|できかね|いたしかね|致しかね|しかね)`,
      `(?:情報|回答|答え|記載|該当する)${nearby}(?:見つかりません|見つけられません|ありません|ございません)`,
    ],
  },
  {
    needs: ['无法', '不能', '没有', '未找到', '未提', '無法', '沒有', '不知道'],
    patterns: [
      `(?:我|很?抱歉|对不起|對不起)${nearby}(?:无法|不能|無法)${nearby}(?:回答|提供|帮助|协助|满足|处理|幫助|協助|滿足|處理)`,
      `(?:没有|沒有|未)(?:找到|检索到|查到|提及|提到|檢索到)${nearby}(?:信息|资料|内容|答案|資訊|資料|內容)`,
      `(?:文档|文件|资料|上下文|知识库|文檔|資料|知識庫)${nearby}(?:没有|未|沒有)${nearby}(?:信息|内容|资料|答案|資訊|內容)`,
      `^[^\\p{L}]*(?:抱歉|对不起)?[，, ]*我不知道`,
    ],
  },
  {
    needs: ['수 없', '어렵습니다', '찾지 못', '없습니다'],
    patterns: [
      `(?:답변|대답|도움|도와|제공)${near}(?:수 없|어렵습니다|불가)`,
      `(?:정보|답변|내용)(?:를|을|이|가|은|는)? ?(?:찾을 수 없|찾지 못|없습니다)`,
    ],
  },
  {
    needs: ['не мо', 'нет ', 'не наш', 'не удалось', 'не знаю'],
    patterns: [
      `не (?:могу|можем) ${near}(?:помочь|ответить|предоставить|выполнить|обсуждать)`,
      `(?:нет|не наш[её]л|не нашла|не удалось найти)${near} (?:информаци|ответ|сведени)`,
      `я не знаю[.,! ]`,
    ],
  },
  {
    needs: ['لا أستطيع', 'لا يمكنني', 'ليس لدي', 'لم أجد', 'لا أعرف'],
    patterns: [
      `(?:لا أستطيع|لا يمكنني)${near}(?:المساعدة|مساعدت|الإجابة|تقديم|تلبية)`,
      `(?:ليس لدي|لم أجد)${near}(?:معلومات|إجابة)`,
    ],
  },
  {
    needs: ['nie mogę', 'nie mam', 'nie znal'],
    patterns: [
      `nie mogę ${near}(?:pomóc|odpowiedzieć|udzielić|spełnić)`,
      `nie (?:mam|znalazłem|znalazłam|znaleziono)${near} (?:informacji|odpowiedzi)`,
    ],
  },
  {
    needs: ['yardımcı olam', 'veremem', 'veremiyorum', 'layamam', 'layamıyorum', 'bulamad', 'bilgim yok', 'sahip değil'],
    patterns: [
      `yardımcı olam(?:am|ıyorum)|(?:cevap|yanıt|bilgi) verem(?:em|iyorum)|(?:cevap|yanıt)layam(?:am|ıyorum)|bilgi bulamad(?:ım|ık)|bilgim yok|bilgiye sahip değil`,
    ],
  },
  {
    needs: ['kan jeg', 'jeg kan', 'kan jag', 'jag kan'],
    patterns: [`(?:kan je?g|je?g kan|kan jag|jag kan) ${near}(?:ikke|inte) (?:hjelpe|hjælpe|hjälpa|svare|svara|besvare|besvara)`],
  },
];

/** One of these is in each of them; letters beyond a to z as they stand within a sentence and at its beginning. */
export const signsByLanguage = [
  `darf ich,in der lage,je n'ai,je n’ai,je ne ,no tengo,no dispongo,no encuentro,no lo s,no cuento con,non ho ,non dispongo,non sono in grado,non lo so
não tenho,não disponho,não possuo,não consigo,não sei,geen ,ik kan`.split(/[,\n]/),
  `できません,かねます,かねま,見つかりません,見つけられ,情報は,情報が,无法,不能,没有,未找到,未提,無法,沒有,不知道,수 없,어렵습니다,찾지 못,없습니다
е могу,е можем,ет инф,ет ответ,ет свед,е наш,е удалось,е знаю,لا أستطيع,لا يمكنني,ليس لدي,لم أجد,nie mog,nie mam,nie znal
yardımcı olam,verem,layam,bulamad,bilgim yok,sahip değil,kan jeg,jeg kan,kan jag,jag kan`.split(/[,\n]/),
].flat();
