import type { Field } from './fields.ts';

/**
 * Names of columns in German, French, Spanish, Italian, Portuguese, Dutch, Chinese and Japanese, as letters and digits in lower case
 * without accents. They come after the English ones, and what the column holds still decides. Whose column is a company
 * (client, Kunde) is not among the users: calls are compared by it.
 */
const table: Partial<Record<Field, string>> = {
  time: `zeitstempel zeitpunkt datum uhrzeit datumuhrzeit zeit erstelltam erstellt erstellungsdatum startzeit beginn
    horodatage dateheure heure creele datecreation debut
    fecha fechahora hora marcadetiempo creadoel fechacreacion inicio
    dataora orario creatoil datacreazione inizio
    datahora carimbodetempo criadoem datacriacao
    tijdstip tijdstempel tijd aangemaaktop starttijd
    时间 时间戳 日期 创建时间 開始時刻 日時 時刻 タイムスタンプ 作成日時`,
  endTime: 'endzeit endezeit datefin heurefin fechafin horafin oraFine datafine datafim horafim eindtijd 结束时间 終了時刻',
  model: 'modell modele modelo modello modelname modellname nommodele nombremodelo 模型 モデル モデル名',
  input: `eingabe frage anfrage nutzereingabe kundenanfrage kundenfrage entree questionposee questionclient requete demande messageutilisateur
    entrada pregunta consulta solicitud mensajeusuario domanda richiesta ingresso pergunta consulta solicitacao mensagemusuario
    invoer vraag gebruikersvraag 输入 问题 提问 提示词 入力 質問 プロンプト`,
  output: `ausgabe antwort antworttext modellantwort ergebnistext sortie reponse reponsemodele salida respuesta respuestamodelo risposta
    uscita resposta saida respostamodelo antwoord uitvoer 输出 回答 答案 回复 出力 応答 返答`,
  expected: `erwartet erwarteteantwort sollantwort referenzantwort attendu reponseattendue esperado respuestaesperada atteso rispostaattesa
    respostaesperada verwacht verwachtantwoord 期望答案 标准答案 参考答案 正解 期待値`,
  score: `bewertung punktzahl korrekt richtig bestanden note reussi puntuacion calificacion valoracion correcto aprobado
    punteggio valutazione voto corretto pontuacao avaliacao correto beoordeling juist geslaagd 评分 得分 正确 是否正确 評価 スコア 正誤`,
  latency: `latenz antwortzeit dauer dauersekunden dauerms latenzms laufzeit latence latencems duree dureems tempsdereponse latencia
    latenciams duracion tiempoderespuesta latenza latenzams durata tempodirisposta tempoderesposta duracao latentie duur responstijd
    延迟 耗时 响应时间 応答時間 レイテンシ 所要時間`,
  cost: `kosten kosteneur kostenusd preis cout coutusd couteur prix coste costo costeusd costousd precio prezzo custo custousd preco prijs
    费用 成本 价格 費用 コスト 料金`,
  inputTokens: `eingabetokens tokenseingabe jetonsentree tokensentree tokensentrada tokensdeentrada tokeninput tokeningresso invoertokens
    输入令牌 输入token 入力トークン 入力トークン数`,
  outputTokens: `ausgabetokens tokensausgabe antworttokens jetonssortie tokenssortie tokenssalida tokensdesalida tokenoutput tokenuscita
    tokenssaida tokensdesaida uitvoertokens 输出令牌 输出token 出力トークン 出力トークン数`,
  error: `fehler fehlermeldung fehlertext fehlercode erreur messageerreur codeerreur errores mensajeerror mensajedeerror errore
    messaggioerrore erro mensagemerro mensagemdeerro fout foutmelding 错误 错误信息 エラー エラーメッセージ`,
  finish:
    'abbruchgrund endegrund motifarret raisonfin motivofin motivofinalizacion motivofine motivotermino stopreden 结束原因 終了理由',
  user: `benutzer nutzer nutzerid benutzerid anwender kundennummer kundenid utilisateur idutilisateur idclient usuario
    idusuario idcliente utente idutente gebruiker gebruikersid klantid klantnummer 用户 用户id ユーザー ユーザーid 顧客id`,
  session: `sitzung sitzungsid gespraech gesprachsid gespraechsid unterhaltung idsession idconversation sesion idsesion conversacion
    idconversacion sessione idsessione conversazione sessao idsessao conversa sessie sessieid gesprek 会话 会话id セッション セッションid`,
  workflow:
    'arbeitsablauf anwendung anwendungsfall dienst casdusage aplicacion flujo applicazione servizio aplicacao fluxo toepassing',
  promptVersion: 'promptversionsnummer versionprompt versioninvite versionprompt versionedelprompt versaoprompt',
};

/** The names of a field, `plain` and without accents. */
export const foreignNames = (field: Field): string[] => table[field]?.toLowerCase().trim().split(/\s+/) ?? [];

/** A plain name without its accents; of letters that have no other form nothing changes. */
export const unaccented = (plain: string) =>
  plain
    .replaceAll('ß', 'ss')
    .normalize('NFD')
    .replaceAll(/[\u0300-\u036F]/g, '')
    .normalize('NFC');
