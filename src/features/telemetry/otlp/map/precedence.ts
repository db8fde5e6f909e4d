import { topics, type Topic } from './convention.ts';
import { frameworks } from './frameworks.ts';
import { langfuse, langfuseUserInMetadata } from './langfuse.ts';
import { openinference } from './openinference.ts';
import { otel } from './otel.ts';
import { otelDeprecated } from './otel-deprecated.ts';
import { traceloop } from './traceloop.ts';
import { typeNames } from './types.ts';
import { vercel } from './vercel.ts';

/** Which attribute answers which question when several do: the first that is there and not empty. */
export const precedence: Record<Topic, readonly string[]> = {
  toolHint: [...otel.toolHint, 'mcp.method.name'],
  requestType: traceloop.requestType,
  servedModel: [
    ...langfuse.servedModel,
    ...otel.servedModel,
    ...vercel.servedModel,
    ...openinference.servedModel,
    ...frameworks.servedModel,
  ],
  requestModel: [...otel.requestModel, ...vercel.requestModel, ...openinference.requestModel, ...frameworks.requestModel],
  provider: [...otel.provider, ...otelDeprecated.provider, ...openinference.provider, ...vercel.provider, ...frameworks.provider],

  usageDetails: langfuse.usageDetails,
  inputTokens: [
    ...vercel.inputTokens,
    ...otel.inputTokens,
    ...otelDeprecated.inputTokens,
    ...openinference.inputTokens,
    ...frameworks.inputTokens,
  ],
  uncachedTokens: vercel.uncachedTokens,
  cacheReadTokens: [
    ...vercel.cacheReadTokens,
    ...otel.cacheReadTokens,
    ...otelDeprecated.cacheReadTokens,
    ...openinference.cacheReadTokens,
    ...frameworks.cacheReadTokens,
  ],
  cacheWriteTokens: [
    ...vercel.cacheWriteTokens,
    ...otel.cacheWriteTokens,
    ...otelDeprecated.cacheWriteTokens,
    ...openinference.cacheWriteTokens,
    ...frameworks.cacheWriteTokens,
  ],
  outputTokens: [
    ...vercel.outputTokens,
    ...otel.outputTokens,
    ...otelDeprecated.outputTokens,
    ...openinference.outputTokens,
    ...frameworks.outputTokens,
  ],
  textTokens: vercel.textTokens,
  reasoningTokens: [
    ...vercel.reasoningTokens,
    ...otel.reasoningTokens,
    ...otelDeprecated.reasoningTokens,
    ...openinference.reasoningTokens,
    ...frameworks.reasoningTokens,
  ],
  totalTokens: [...vercel.totalTokens, ...otel.totalTokens, ...otelDeprecated.totalTokens, ...openinference.totalTokens],
  providerMetadata: vercel.providerMetadata,
  thoughtTokens: frameworks.thoughtTokens,
  inputDetails: frameworks.inputDetails,
  outputDetails: frameworks.outputDetails,
  usageObject: frameworks.usageObject,

  costDetails: langfuse.costDetails,
  cost: [...otel.cost, ...openinference.cost, ...frameworks.cost],

  user: [
    ...langfuse.user,
    ...otel.user,
    ...vercel.user,
    ...traceloop.user,
    ...langfuseUserInMetadata,
    ...otelDeprecated.user,
    ...frameworks.user,
  ],
  session: [
    ...langfuse.session,
    ...otel.session,
    ...vercel.session,
    ...traceloop.session,
    'langwatch.thread.id',
    ...frameworks.session,
  ],
  environment: [...langfuse.environment, ...otel.environment],
  release: [...langfuse.release, ...otel.release],
  version: langfuse.version,
  service: otel.service,
  workflow: ['steward.workflow'],
  project: openinference.project,
  tags: [...langfuse.tags, ...openinference.tags, ...vercel.tags, ...frameworks.tags],
  traceName: langfuse.traceName,

  promptName: [
    ...langfuse.promptName,
    ...otel.promptName,
    ...openinference.promptName,
    ...traceloop.promptName,
    ...frameworks.promptName,
  ],
  promptVersion: [
    ...langfuse.promptVersion,
    ...otel.promptVersion,
    ...openinference.promptVersion,
    ...traceloop.promptVersion,
    ...frameworks.promptVersion,
  ],
  promptLink: vercel.promptLink,

  system: otel.system,
  input: [...langfuse.input, ...vercel.input, ...otel.input],
  output: [...langfuse.output, ...vercel.output, ...otel.output],
  metadata: frameworks.metadata,
  messageList: frameworks.messageList,
  laterInput: [
    ...otelDeprecated.laterInput,
    ...traceloop.laterInput,
    ...openinference.laterInput,
    ...otel.laterInput,
    ...vercel.laterInput,
    ...frameworks.laterInput,
  ],
  laterOutput: [
    ...otelDeprecated.laterOutput,
    ...traceloop.laterOutput,
    ...openinference.laterOutput,
    ...otel.laterOutput,
    ...vercel.laterOutput,
    ...frameworks.laterOutput,
  ],

  finishReasons: [...otel.finishReasons, ...vercel.finishReasons, ...openinference.finishReasons, ...frameworks.finishReasons],
  level: langfuse.level,
  statusMessage: langfuse.statusMessage,
  errorType: otel.errorType,
  completionStart: [...langfuse.completionStart, ...frameworks.completionStart],
  firstChunkS: otel.firstChunkS,
  firstChunkMs: [...vercel.firstChunkMs, ...frameworks.firstChunkMs],
  responseId: [...otel.responseId, ...vercel.responseId],
};

/** Messages and scores written as one attribute per leaf: `llm.input_messages.0.message.content`. Best first. */
export const numbered = {
  input: ['gen_ai.prompt.', 'llm.input_messages.', 'llm.prompts.'],
  output: [
    'gen_ai.completion.',
    'llm.output_messages.',
    'llm.completions.',
    'retrieval.documents.',
    'reranker.output_documents.',
  ],
  scores: ['annotations.', 'evaluations.'],
} as const;

/** A single score, which has no number. */
export const unnumberedScores = ['annotation.', 'evaluation.'] as const;

const textPrefixes = [...numbered.input, ...numbered.output];
const prefixes = [...textPrefixes, ...numbered.scores];
const scoreLeaf = /^(annotation|evaluation)\.(name|label|score|value|explanation|annotator_kind|source)$/;
const textTopics: ReadonlySet<Topic> = new Set([
  'system',
  'input',
  'output',
  'messageList',
  'laterInput',
  'laterOutput',
] as const);

interface Place {
  readonly topic: Topic;
  /** Of the topic, among all of them. */
  readonly slot: number;
  /** 0 is best. */
  readonly rank: number;
}

const places = new Map<string, Place[]>();
for (const [slot, topic] of topics.entries())
  for (const [rank, name] of precedence[topic].entries()) places.set(name, [...(places.get(name) ?? []), { topic, slot, rank }]);

const texts = new Set([...textTopics].flatMap((topic) => precedence[topic]));
// Tool definitions go into the model with every call, and are as long.
for (const name of ['ai.prompt.tools', 'gen_ai.tool.definitions']) texts.add(name);

const types: ReadonlySet<string> = new Set(typeNames);

/** The letters that a numbered attribute can begin with: most names are told apart by one. */
const initials = new Set(prefixes.map((prefix) => prefix.charCodeAt(0)));
const isDigit = (code: number) => code >= 0x30 && code <= 0x39;

const isBelow = (name: string, some: readonly string[]) =>
  initials.has(name.charCodeAt(0)) && some.some((prefix) => name.startsWith(prefix) && isDigit(name.charCodeAt(prefix.length)));

/** What the conventions say of a name. */
interface About {
  /** The questions that the attribute answers. */
  readonly places: readonly Place[] | undefined;
  /** Whether it is one leaf of what was written as one attribute per leaf. */
  readonly isNumbered: boolean;
  /** Whether a convention gives it a meaning. */
  readonly isKnown: boolean;
  /** Whether a convention has what went into or came out of a model stand there. It may be longer than other values. */
  readonly carriesText: boolean;
}

function tell(name: string): About {
  const isLeaf = isBelow(name, prefixes) || (initials.has(name.charCodeAt(0)) && scoreLeaf.test(name));
  return {
    places: places.get(name),
    isNumbered: isLeaf,
    isKnown: places.has(name) || types.has(name) || isLeaf,
    carriesText: texts.has(name) || isBelow(name, textPrefixes),
  };
}

/** Clients use few names, each in every span, and each is asked about several times: one look instead of a handful. */
const told = new Map<string, About>();
const MOST_TOLD = 4096;
/** Longer ones are not what a convention or a person calls anything. */
const LONGEST_TOLD = 128;

/** What was asked about last: one name is asked about several times at once. */
let lastName = '';
let lastAbout = tell('');

export function aboutName(name: string): About {
  if (name === lastName) return lastAbout;
  lastName = name;
  return (lastAbout = toldOf(name));
}

function toldOf(name: string): About {
  const known = told.get(name);
  if (known) return known;
  const about = tell(name);
  if (name.length > LONGEST_TOLD) return about;
  if (told.size >= MOST_TOLD) told.clear();
  told.set(name, about);
  return about;
}

export const placesOf = (name: string) => aboutName(name).places;
export const isNumbered = (name: string) => aboutName(name).isNumbered;
export const isKnown = (name: string) => aboutName(name).isKnown;
export const carriesText = (name: string) => aboutName(name).carriesText;
