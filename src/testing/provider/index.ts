import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { anthropic } from './anthropic.ts';
import { chatCompletions, embeddings } from './openai-chat.ts';
import { responses } from './openai-responses.ts';
import type { Body, Protocol } from './script.ts';

const protocols: Record<string, Protocol> = {
  '/v1/chat/completions': chatCompletions,
  '/v1/embeddings': embeddings,
  '/v1/responses': responses,
  '/v1/messages': anthropic,
};

export interface FakeProvider {
  /** What a client of OpenAI is given as its address; Anthropic's own takes it without `/v1`. */
  url: string;
  close(): Promise<void>;
}

/** A provider of models at the far edge of the network: the real protocols, answers that are known before. */
export async function fakeProvider(): Promise<FakeProvider> {
  const server = createServer((request, answer) => {
    let text = '';
    request.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
    request.on('end', () => reply(request, JSON.parse(text || '{}') as Body, answer));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function reply({ url = '' }: IncomingMessage, body: Body, answer: ServerResponse): void {
  const protocol = protocols[new URL(url, 'http://provider').pathname];
  if (!protocol) return sendJson(answer, 404, { error: { message: `nothing at ${url}` } });
  if (JSON.stringify(body).includes('please fail')) return sendJson(answer, 400, protocol.failure('the provider refuses this'));
  if (!body.stream) return sendJson(answer, 200, protocol.whole(body));
  answer.writeHead(200, { 'content-type': 'text/event-stream' });
  answer.end(protocol.streamed(body));
}

function sendJson(answer: ServerResponse, status: number, body: object): void {
  answer.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}
