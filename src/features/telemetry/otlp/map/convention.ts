/** What Steward asks of a span's attributes. Each convention answers some of it, under names of its own. */
export const topics = [
  // What the span is, where its type does not say.
  'toolHint',
  'requestType',
  // The model. Both are kept: a provider that swaps the model silently is a drift signal.
  'servedModel',
  'requestModel',
  'provider',
  // Tokens.
  'usageDetails',
  'inputTokens',
  'uncachedTokens',
  'cacheReadTokens',
  'cacheWriteTokens',
  'outputTokens',
  'textTokens',
  'reasoningTokens',
  'totalTokens',
  'providerMetadata',
  'thoughtTokens',
  'inputDetails',
  'outputDetails',
  'usageObject',
  // Money, in dollars.
  'costDetails',
  'cost',
  // Who and where.
  'user',
  'session',
  'environment',
  'release',
  'version',
  'service',
  'workflow',
  'project',
  'tags',
  'metadata',
  'traceName',
  // The prompt.
  'promptName',
  'promptVersion',
  'promptLink',
  // What went in and came out. The second pair stands behind events and numbered messages.
  'system',
  'input',
  'output',
  'messageList',
  'laterInput',
  'laterOutput',
  // How it went.
  'finishReasons',
  'level',
  'statusMessage',
  'errorType',
  'completionStart',
  'firstChunkS',
  'firstChunkMs',
  'responseId',
] as const;
export type Topic = (typeof topics)[number];

/** Attribute names by topic, best first. */
export type Convention = Partial<Record<Topic, readonly string[]>>;
