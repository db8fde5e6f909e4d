import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { shipped } from '../../platform/paths.ts';
import { testServer, type TestServer } from '../../testing/server.ts';

/** An agent's own client against the server. */

let server: TestServer;
beforeAll(async () => {
  server = await testServer();
});
afterAll(() => server.close());

async function agent(key: string) {
  const client = new Client({ name: 'test', version: '1' });
  const requestInit = { headers: { authorization: `Bearer ${key}` } };
  await client.connect(new StreamableHTTPClientTransport(new URL(`${server.url()}/mcp`), { requestInit }));
  return client;
}

test('an agent is offered what its key may do, and every answer names the client', async () => {
  const owner = await agent(server.ownerKey());
  const { tools } = await owner.listTools();
  expect(tools.map(({ name }) => name)).toContain('keys_create');
  expect(tools.find(({ name }) => name === 'clients_list')?.annotations).toMatchObject({ readOnlyHint: true });

  const made = await owner.callTool({ name: 'clients_create', arguments: { name: 'Acme' } });
  const { id } = made.structuredContent as { id: string };
  const listed = await owner.callTool({ name: 'keys_list', arguments: { client: 'acme' } });
  expect(listed.structuredContent).toEqual({ client: id, keys: [] });
  await owner.close();

  const { key } = await server.key(id, ['read']);
  const reader = await agent(key);
  expect((await reader.listTools()).tools.map(({ name }) => name)).not.toContain('keys_create');
  await reader.close();
});

test('what an agent can mend comes back in words; what does not exist is an error of the protocol', async () => {
  const owner = await agent(server.ownerKey());
  const refused = await owner.callTool({ name: 'clients_create', arguments: { name: '', extra: 1 } });
  expect(refused).toMatchObject({ isError: true, content: [{ text: expect.stringContaining('"invalid"') }] });
  await expect(owner.callTool({ name: 'system_check', arguments: {} })).rejects.toThrow('no such tool');
  await owner.close();
});

test('what cannot be taken back is done once a person agreed', async () => {
  const owner = await agent(server.ownerKey());
  const { keyId, id } = await server.client('Careful');
  const tool = (await owner.listTools()).tools.find(({ name }) => name === 'keys_revoke');
  expect(tool).toMatchObject({
    annotations: { destructiveHint: true },
    inputSchema: { properties: { confirm: { type: 'boolean' } } },
  });
  const revoke = (more: object) => owner.callTool({ name: 'keys_revoke', arguments: { client: id, id: keyId, ...more } });
  expect(await revoke({})).toMatchObject({
    isError: true,
    content: [{ text: expect.stringContaining('"confirm": true'.replaceAll('"', '\\"')) }],
  });
  expect((await server.ask('keys.list', { client: id })).text).toContain('"revokedAt":null');
  expect((await revoke({ confirm: true })).isError).toBeUndefined();
  expect((await server.ask('keys.list', { client: id })).text).not.toContain('"revokedAt":null');
  await owner.close();
});

test('every verb that takes something away or lets somebody in asks first; what would be a secret in a conversation is no tool', async () => {
  const owner = await agent(server.ownerKey());
  const { tools } = await owner.listTools();
  const destructive = tools.filter(({ annotations }) => annotations?.destructiveHint);
  expect(destructive.map(({ name }) => name).toSorted()).toEqual([
    'clients_close',
    'clients_delete',
    'erasure_request',
    'keys_revoke',
    'people_invite',
    'people_remove',
    'people_setRole',
    'people_withdraw',
    'practiceKeys_revoke',
    'prices_recost',
    'prices_remove',
    'quotas_set',
    'redaction_set',
    'retention_set',
    'sso_remove',
    'sso_set',
    'team_endSession',
    'team_invite',
    'team_remove',
    'team_setRole',
    'team_withdraw',
  ]);
  for (const { inputSchema } of destructive) expect(inputSchema.properties).toHaveProperty('confirm');

  const { id } = await server.client('Kept');
  const short = { client: id, kind: 'spans', days: 1 };
  expect(await owner.callTool({ name: 'retention_set', arguments: short })).toMatchObject({ isError: true });
  expect((await server.ask('retention.show', { client: id })).json).toMatchObject({ spans: null });

  expect(tools.map(({ name }) => name)).not.toContain('practice_ownerLink');
  for (const name of ['practice_ownerLink', 'practice.ownerLink'])
    await expect(owner.callTool({ name, arguments: { confirm: true } })).rejects.toThrow('no such tool');
  await owner.close();
});

test('without a key nobody is answered, and a page of another site is not', async () => {
  await expect(agent('stwp_x')).rejects.toThrow();
  const headers = {
    'content-type': 'application/json',
    origin: 'https://evil.example',
    authorization: `Bearer ${server.ownerKey()}`,
  };
  expect(await server.send('/mcp', { method: 'POST', headers, body: '{}' })).toMatchObject({ status: 403 });
});

test('fifty at once with the same ids get their own answers', async () => {
  const keys = await Promise.all(Array.from({ length: 50 }, (_, i) => server.client(`Crowd ${i}`)));
  const ask = async (name: string, id: string) => {
    const { json } = await server.send('/mcp', {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        accept: 'application/json, text/event-stream',
        authorization: `Bearer ${server.ownerKey()}`,
      },
      body: JSON.stringify({
        jsonrpc: '2.0',
        id: 7,
        method: 'tools/call',
        params: { name: 'keys_list', arguments: { client: name } },
      }),
    });
    expect(json).toMatchObject({ id: 7, result: { structuredContent: { client: id } } });
  };
  await Promise.all(keys.map(({ name, id }) => ask(name, id)));
});

const overStdio = (env: Record<string, string>) =>
  new StdioClientTransport({
    command: process.execPath,
    args: [shipped('bin', 'steward.mjs'), 'mcp'],
    env: { PATH: process.env['PATH']!, ...env },
    stderr: 'ignore',
  });

test('over standard input and output it is the same; without a server the agent is told', async () => {
  const client = new Client({ name: 'test', version: '1' });
  await client.connect(overStdio({ STEWARD_URL: server.url(), STEWARD_KEY: server.ownerKey() }));
  const answers = await Promise.all(Array.from({ length: 5 }, () => client.callTool({ name: 'clients_list', arguments: {} })));
  for (const { structuredContent } of answers) expect(structuredContent).toMatchObject({ clients: expect.any(Array) });
  await client.close();

  const lost = new Client({ name: 'test', version: '1' });
  await expect(lost.connect(overStdio({ STEWARD_URL: 'http://127.0.0.1:9', STEWARD_KEY: 'x' }))).rejects.toThrow(
    'Nobody answers',
  );
  await lost.close();
});
