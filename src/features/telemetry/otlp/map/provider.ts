/** Providers under the names that OpenTelemetry gives them, from the words that clients use. */
const providers = new Map(
  Object.entries({
    vertex_ai: 'gcp.vertex_ai',
    vertexai: 'gcp.vertex_ai',
    'google.vertex': 'gcp.vertex_ai',
    'google-vertex': 'gcp.vertex_ai',
    gemini: 'gcp.gemini',
    'google.generative-ai': 'gcp.gemini',
    'google-generative-ai': 'gcp.gemini',
    google: 'gcp.gen_ai',
    'az.ai.inference': 'azure.ai.inference',
    'az.ai.openai': 'azure.ai.openai',
    azure: 'azure.ai.openai',
    'azure-openai': 'azure.ai.openai',
    azure_openai: 'azure.ai.openai',
    aws: 'aws.bedrock',
    bedrock: 'aws.bedrock',
    'amazon-bedrock': 'aws.bedrock',
    amazon_bedrock: 'aws.bedrock',
    xai: 'x_ai',
    mistral: 'mistral_ai',
    mistralai: 'mistral_ai',
    watsonx: 'ibm.watsonx.ai',
    'ibm.watson.ai': 'ibm.watsonx.ai',
    // As LangChain, LiteLLM, Pydantic AI and OpenLIT say it.
    google_genai: 'gcp.gemini',
    'google-gla': 'gcp.gemini',
    'google.ai.studio': 'gcp.gemini',
    google_vertexai: 'gcp.vertex_ai',
    azure_ai: 'azure.ai.inference',
    'az.ai.agents': 'azure.ai.agents',
    azure_ai_agents: 'azure.ai.agents',
    aws_bedrock: 'aws.bedrock',
    bedrock_converse: 'aws.bedrock',
    cohere_chat: 'cohere',
    'text-completion-openai': 'openai',
    together_ai: 'together',
    togetherai: 'together',
    fireworks_ai: 'fireworks',
  }),
);

/** What the Vercel AI SDK puts behind a provider: the interface of it that was used. */
const suffix = /\.(chat|responses|messages|completion|embedding|text-?embedding|image|transcription|speech|anthropic\.messages)$/;

export function providerOf(said: string | null): string | null {
  if (said === null) return null;
  const word = said.trim().toLowerCase().replace(suffix, '');
  return providers.get(word) ?? (word === '' ? null : word);
}

const exclusive = new Set(['anthropic', 'aws.bedrock', 'snowflake']);

/** Whether the provider's own count of input tokens leaves out what came from the cache. */
export const countsCacheApart = (provider: string | null) => provider !== null && exclusive.has(provider);
