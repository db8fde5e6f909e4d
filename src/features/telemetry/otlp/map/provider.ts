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
