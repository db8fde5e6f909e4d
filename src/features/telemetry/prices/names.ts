/** Providers as the catalogue names them, from the names that a span bears. Those that are not listed are named alike. */
const providers = new Map<string, string | null>(
  Object.entries({
    'azure.ai.openai': 'azure',
    'azure.ai.inference': 'azure',
    'azure.ai.agents': 'azure',
    'aws.bedrock': 'aws',
    'gcp.vertex_ai': 'google',
    'gcp.gemini': 'google',
    'gcp.gen_ai': 'google',
    'gcp.vertex.agent': 'google',
    x_ai: 'x-ai',
    mistral_ai: 'mistral',
    moonshot_ai: 'moonshotai',
    // They pass calls on, and name the provider before the model.
    gateway: null,
    vercel: null,
    litellm: null,
    // Frameworks that name themselves where the provider should stand.
    'strands-agents': null,
    langchain: null,
    langgraph: null,
    langsmith: null,
    llama_index: null,
    llamaindex: null,
    crewai: null,
    autogen: null,
    ag2: null,
    haystack: null,
    pydantic_ai: null,
    'pydantic-ai': null,
    semantic_kernel: null,
    'semantic-kernel': null,
    'microsoft.agent_framework': null,
    spring_ai: null,
    openai_agents: null,
    agno: null,
    phidata: null,
    smolagents: null,
    dspy: null,
    mastra: null,
  }),
);

/** `us.anthropic.claude-…`, `amazon.nova-…`: names that only Bedrock gives. */
const bedrock =
  /^(?:(?:us|us-gov|eu|apac|jp|au|ca|sa|global)\.)?(?:amazon|anthropic|meta|mistral|cohere|ai21|deepseek|qwen|openai|stability|writer)\./;
/** `openai/gpt-5`, as gateways name models. */
const passedOn = /^([a-z0-9][a-z0-9_.-]*)\/(.+)$/;
const LONGEST = 200;

export interface AskedModel {
  /** As the catalogue names it; nothing when the model has to say. */
  readonly provider: string | undefined;
  readonly model: string;
}

/** Under which names the catalogue is asked for a model; nothing when it cannot know one of that name. */
export function askedModel(provider: string | null, model: string | null): AskedModel | undefined {
  if (!model || model.length > LONGEST) return undefined;
  const name = model.trim().toLowerCase();
  const known = provider === null ? null : providers.has(provider) ? providers.get(provider)! : provider;
  if (known !== null) return { provider: known, model: known === 'google' ? lastPart(name) : unwrapped(name) };
  // The catalogue finds most models by their names, but not these.
  if (/^text-embedding-(3-|ada-)/.test(name)) return { provider: 'openai', model: name };
  if (bedrock.test(name) || name.startsWith('arn:aws')) return { provider: 'aws', model: unwrapped(name) };
  if (name.startsWith('models/') || name.startsWith('publishers/')) return { provider: undefined, model: lastPart(name) };
  const [, before, behind] = passedOn.exec(name) ?? [];
  if (!before || !behind) return { provider: undefined, model: name };
  return { provider: providers.get(before) ?? before, model: behind };
}

/** The model in an address such as `arn:aws:bedrock:…:inference-profile/us.anthropic.claude-…`. */
const unwrapped = (name: string) => (name.startsWith('arn:') ? lastPart(name) : name);
const lastPart = (name: string) => name.slice(name.lastIndexOf('/') + 1);
