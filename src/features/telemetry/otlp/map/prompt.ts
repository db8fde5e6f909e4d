import { label, objectIn, type Facts } from './facts.ts';

interface PromptLink {
  promptName: string | null;
  promptVersion: string | null;
}

/** The prompt that was used. The AI SDK carries Langfuse's as JSON: `{"name":"greet","version":3}`. */
export function promptOf(facts: Facts): PromptLink {
  const link = facts.promptName === null ? objectIn(facts.promptLink) : null;
  if (!link) return { promptName: label(facts.promptName), promptVersion: label(facts.promptVersion) };
  const of = (value: unknown) => (typeof value === 'string' || typeof value === 'number' ? String(value) : null);
  return { promptName: of(link['name']), promptVersion: of(link['version']) };
}
