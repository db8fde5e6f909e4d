/** What a client sends, as far as the answers depend on it. */
export interface Body {
  model: string;
  stream?: boolean;
  tools?: unknown[];
  stream_options?: { include_usage?: boolean };
}

export interface Protocol {
  whole(body: Body): object;
  /** The same as server-sent events. */
  streamed(body: Body): string;
  failure(message: string): object;
}

/** A first answer calls the tool, if there is one; what comes after the tool's result, and what has no tools, is a sentence. */
export const callsTool = (body: Body) => (body.tools ?? []).length > 0 && !JSON.stringify(body).includes('rainy');

/** Requested models are aliases; what serves them is a dated one, as at the real providers. */
export const servedBy = (model: string) => (model === 'gpt-4o' ? 'gpt-4o-2024-08-06' : model);

/** 100 read, 40 of them out of the cache, 20 written, 5 of them reasoning; after a tool 150 and 30. */
export const usageOf = (body: Body) =>
  (body.tools ?? []).length > 0 && !callsTool(body)
    ? { input: 150, cached: 0, output: 30, reasoning: 0 }
    : { input: 100, cached: 40, output: 20, reasoning: 5 };

export const SAID = 'It is raining.';
export const TOOL = { id: 'call_1', name: 'weather', arguments: '{"city":"Oslo"}' };

export const events = (all: readonly object[], { named = false, done = false } = {}) =>
  all
    .map((event) => `${named ? `event: ${(event as { type: string }).type}\n` : ''}data: ${JSON.stringify(event)}\n\n`)
    .join('') + (done ? 'data: [DONE]\n\n' : '');
