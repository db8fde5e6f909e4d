/** What Steward knows about an AI call, and the names under which logs carry it. */
export const fieldNames = [
  'time',
  'endTime',
  'model',
  'input',
  'output',
  'expected',
  'score',
  'latency',
  'cost',
  'inputTokens',
  'outputTokens',
  'error',
  'finish',
  'user',
  'session',
  'workflow',
  'promptVersion',
] as const;
export type Field = (typeof fieldNames)[number];

/** What the values of a column must look like to be taken for the field. */
export type Content = 'time' | 'number' | 'verdict' | 'failure' | 'text' | 'label';

interface FieldRule {
  content: Content;
  /** Letters and digits of the column's name in lower case, likeliest first. */
  aliases: readonly string[];
}

const words = (text: string) => text.trim().split(/\s+/);

export const fields: Record<Field, FieldRule> = {
  time: {
    content: 'time',
    aliases: words(`timestamp time starttime startedat start createdat created datetime eventtime requesttime requestedat loggedat
      ts at when date day starttimeunixnano`),
  },
  endTime: { content: 'time', aliases: words('endtime endedat end completedat finishedat responsetime') },
  model: {
    content: 'label',
    aliases: words(`model modelname modelid responsemodel requestmodel providedmodelname genairesponsemodel genairequestmodel llm
      llmmodel engine deployment deploymentname`),
  },
  input: {
    content: 'text',
    aliases: words(`input prompt query question inputtext usermessage userinput request messages requestmessages bodymessages
      instruction inputs inputmessages requestbodymessages`),
  },
  output: {
    content: 'text',
    aliases: words(`output answer response completion generation reply outputtext prediction modeloutput assistantmessage
      responsetext choices0messagecontent responsechoices0messagecontent responsebodychoices0messagecontent
      content0text responsecontent0text responseoutputtext choices0text responsechoices0text outputs result responsecontent content`),
  },
  expected: {
    content: 'text',
    aliases: words(`expected refanswer expectedoutput reference referenceanswer groundtruth target gold goldanswer correctanswer
      ideal expectedanswer solution`),
  },
  score: {
    content: 'verdict',
    aliases: words(`score correct iscorrect passed pass evalscore grade rating accuracy quality label labels feedback thumbs
      success directlyusable accepted verdict outcome evaluation judgement judgment approved resolved correctness helpfulness relevance faithfulness usefulness scores0value feedbackscore`),
  },
  latency: {
    content: 'number',
    aliases: words(`latencys latencyseconds latency latencyms latencymilliseconds duration durations durationms durationseconds
      responsetimems responsetime elapsed elapsedms elapsedseconds totaltime timetaken took tookms tooksec tookseconds`),
  },
  cost: {
    content: 'number',
    aliases: words('costusd cost totalcost totalcostusd calculatedtotalcost price priceusd usagetotalcost costdetailstotal'),
  },
  inputTokens: {
    content: 'number',
    aliases:
      words(`inputtokens prompttokens usageprompttokens usageinputtokens responseusageprompttokens responsebodyusageprompttokens
      usageinput usagedetailsinput tokensin prompttokencount inputtokencount inputusage genaiusageinputtokens`),
  },
  outputTokens: {
    content: 'number',
    aliases: words(`outputtokens completiontokens usagecompletiontokens usageoutputtokens responseusagecompletiontokens
      responsebodyusagecompletiontokens usageoutput usagedetailsoutput tokensout completiontokencount outputtokencount
      answertoken answertokens outputusage genaiusageoutputtokens`),
  },
  error: {
    content: 'failure',
    aliases: words(
      'error iserror errormessage errortype err errmsg exception failed failure level status statuscode responsestatuscode',
    ),
  },
  finish: {
    content: 'label',
    aliases: words('finishreason stopreason choices0finishreason responsechoices0finishreason responsebodychoices0finishreason'),
  },
  user: { content: 'label', aliases: words('user userid enduser enduserid customerid') },
  session: { content: 'label', aliases: words('session sessionid conversationid conversation threadid chatid') },
  workflow: {
    content: 'label',
    aliases: words('workflow workflowname servicename service application app usecase feature task agent tracename dataset name'),
  },
  promptVersion: {
    content: 'label',
    aliases: words('promptversion promptid prompthash templateversion prompttemplate promptname version'),
  },
};

/** Fields whose values are numbers. */
export const numericFields = fieldNames.filter((field) => ['number', 'verdict'].includes(fields[field].content));
