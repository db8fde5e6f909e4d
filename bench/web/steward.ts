import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

export interface Steward {
  url: string;
  /** Of the client, by its id. */
  client: string;
  key: string;
  /** The link of the first start; nothing when somebody opened it already. */
  ownerLink: string | undefined;
  ask: <Answer>(name: string, input: object) => Promise<Answer>;
  stop(): Promise<void>;
}

/** Steward as its users start it, in processes of its own, with a client and a key. */
export async function startSteward(dataDir: string, clientName: string): Promise<Steward> {
  const port = await freePort();
  const program = join(fileURLToPath(new URL('../../..', import.meta.url)), 'bin', 'steward.mjs');
  const env = { ...process.env, STEWARD_DATA: dataDir, PORT: String(port) };
  const child = spawn(process.execPath, [program, 'serve'], { env, stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = new Promise<void>((done) => child.once('exit', () => done()));
  let printed = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (printed += text));
  const url = `http://127.0.0.1:${port}`;
  while (child.exitCode === null && !(await isReady(url))) await sleep(50);
  if (child.exitCode !== null) throw new Error('Steward did not start.');
  const owner = readFileSync(join(dataDir, 'owner.key'), 'utf8').trim();
  const ask = async <Answer>(name: string, input: object): Promise<Answer> => {
    const headers = { authorization: `Bearer ${owner}`, 'content-type': 'application/json' };
    // oxlint-disable-next-line no-restricted-globals -- a benchmark asks the server that it started
    const answer = await fetch(`${url}/api/${name}`, { method: 'POST', headers, body: JSON.stringify(input) });
    return (await answer.json()) as Answer;
  };
  const { clients } = await ask<{ clients: { id: string; name: string }[] }>('clients.list', {});
  const known = clients.find(({ name }) => name === clientName)?.id;
  const client = known ?? (await ask<{ id: string }>('clients.create', { name: clientName })).id;
  const { key } = await ask<{ key: string }>('keys.create', { client, scopes: ['ingest', 'read'] });
  const ownerLink = /https?:\/\/\S+\/welcome\S+/.exec(printed)?.[0];
  return {
    url,
    client,
    key,
    ownerLink,
    ask,
    async stop() {
      child.kill('SIGTERM');
      const late = setTimeout(() => child.kill('SIGKILL'), 15_000);
      await ended;
      clearTimeout(late);
    },
  };
}

async function isReady(url: string): Promise<boolean> {
  try {
    // oxlint-disable-next-line no-restricted-globals -- a benchmark asks the server that it started
    return (await fetch(`${url}/ready`)).ok;
  } catch {
    // Nothing listens yet.
    return false;
  }
}

const freePort = () =>
  new Promise<number>((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });
