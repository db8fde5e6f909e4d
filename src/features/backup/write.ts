import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, open, readdir, readFile, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { Cut, Piece } from '../../platform/copy.ts';
import { flushDirectory } from '../../platform/flush.ts';
import { Problem, unavailable } from '../../platform/problem.ts';
import { version } from '../../platform/version.ts';
import { FORMAT, sum, summaryOf, type BackupFile, type Manifest, type Summary } from './model.ts';

const pack = promisify(gzip);
const unfinished = '.unfinished';

/** How far a backup is. */
export type Report = (done: number, total: number) => void;

/** SHA-256, in hexadecimal digits. */
export const hashOf = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

/**
 * Writes a cut into a directory of its own below `into`: under another name first, so that what bears its name is whole and on disk.
 * Leaves nothing behind when it fails. Throws `unavailable` when the disk is full.
 */
export async function writeBackup(
  cut: Cut,
  { into, secretFile, report = () => undefined }: { into: string; secretFile?: string | undefined; report?: Report | undefined },
): Promise<Summary> {
  const startedMs = Date.now();
  try {
    await mkdir(into, { recursive: true, mode: 0o700 });
    // What a process left that was killed over it.
    for (const name of await readdir(into))
      if (name.endsWith(unfinished)) await rm(join(into, name), { recursive: true, force: true });
    const name = freeName(into, cut.at);
    const dir = join(into, name + unfinished);
    try {
      const manifest = {
        ...(await writeFiles(cut, dir, secretFile, report)),
        tookMs: Date.now() - startedMs + cut.heldMs,
      } satisfies Manifest;
      const bytes = Buffer.from(`${JSON.stringify(manifest, null, 1)}\n`);
      const sha256 = hashOf(bytes);
      await writeFlushed(join(dir, 'manifest.json'), bytes);
      // As `sha256sum --check` reads it.
      await writeFlushed(join(dir, 'manifest.sha256'), Buffer.from(`${sha256}  manifest.json\n`));
      for (const folder of [...folders.map((one) => join(dir, one)), dir]) await flushDirectory(folder);
      const path = join(into, name);
      await rename(dir, path);
      await flushDirectory(into);
      return summaryOf(manifest, { name, path, sha256 });
    } catch (error) {
      await rm(dir, { recursive: true, force: true });
      throw error;
    }
  } catch (error) {
    throw asProblem(error, into);
  }
}

const folders = ['records', 'telemetry', 'spool', 'secrets'];

async function writeFiles(cut: Cut, dir: string, secretFile: string | undefined, report: Report) {
  for (const folder of ['', ...folders]) await mkdir(join(dir, folder), { mode: 0o700 });
  const total = sum(cut.telemetry.tables.flatMap(({ rowsByClient }) => Object.values(rowsByClient)));
  let done = 0;
  const tell = (rows: number) => report((done += rows), total);

  const put = async <P extends string>(path: P, bytes: Uint8Array): Promise<BackupFile & { path: P }> => {
    cut.signal.throwIfAborted();
    await writeFlushed(join(dir, path), bytes);
    return { path, bytes: bytes.length, sha256: hashOf(bytes) };
  };
  const putAll = async (folder: string, ending: string, pieces: AsyncIterable<Piece>, told: (rows: number) => void) => {
    const files: (BackupFile & { rows: number })[] = [];
    // One is packed and written while the next is read.
    let last: Promise<unknown> = Promise.resolve();
    for await (const { bytes, rows } of pieces) {
      await last;
      const path = `${folder}-${String(files.length).padStart(6, '0')}.${ending}.gz`;
      const place = files.push({ path, bytes: 0, sha256: '', rows }) - 1;
      last = pack(bytes, { level: 1 }).then(async (packed) => {
        files[place] = { ...(await put(path, packed)), rows };
        told(rows);
      });
      last.catch(() => undefined);
    }
    await last;
    return { files, rows: sum(files.map(({ rows }) => rows)) };
  };

  const records: Manifest['records'] = [];
  for (const { name, pieces } of cut.records.tables)
    records.push({ name, ...(await putAll(`records/${name}`, 'jsonl', pieces(), () => undefined)) });
  // Its snapshot would keep PostgreSQL from clearing up.
  await cut.records.close();
  const spool: BackupFile[] = [];
  for (const file of cut.waiting) spool.push(await put(`spool/${basename(file)}`, await readFile(file)));
  const telemetry: Manifest['telemetry'] = [];
  for (const { name, pieces, rowsByClient } of cut.telemetry.tables) {
    const written = await putAll(`telemetry/${name}`, 'native', pieces(), tell);
    const there = sum(Object.values(rowsByClient));
    if (written.rows !== there) throw new Error(`Of ${there} rows of ${name}, ${written.rows} were read.`);
    telemetry.push({ name, ...written, rowsByClient: { ...rowsByClient } });
  }
  const spansOf = telemetry.find(({ name }) => name === 'span')?.rowsByClient ?? {};
  return {
    format: FORMAT,
    steward: version,
    at: cut.at.toISOString(),
    heldMs: cut.heldMs,
    migrations: { records: [...cut.records.migrations], telemetry: [...cut.telemetry.migrations] },
    clients: cut.records.clients.map(({ id, name }) => ({ id, name, spans: spansOf[id] ?? 0 })),
    records,
    sequences: [...cut.records.sequences],
    telemetry,
    spool,
    secrets: secretFile && existsSync(secretFile) ? [await put('secrets/session.secret', await readFile(secretFile))] : [],
  };
}

/** Named after its moment, to the second. */
function freeName(into: string, at: Date): string {
  const name = `${at.toISOString().slice(0, 19).replaceAll(':', '-')}Z`;
  for (let n = 1; ; n += 1) {
    const free = n === 1 ? name : `${name}-${n}`;
    if (!existsSync(join(into, free))) return free;
  }
}

async function writeFlushed(path: string, bytes: Uint8Array): Promise<void> {
  const file = await open(path, 'wx', 0o600);
  try {
    await file.writeFile(bytes);
    await file.sync();
  } finally {
    await file.close();
  }
}

const noRoom = new Set(['ENOSPC', 'EDQUOT']);
const notOurs = new Set(['EACCES', 'EPERM', 'EROFS', 'ENOTDIR']);

function asProblem(error: unknown, into: string): unknown {
  if (error instanceof Problem || !(error instanceof Error)) return error;
  const code = 'code' in error ? String(error.code) : '';
  if (noRoom.has(code))
    return unavailable(
      `The disk of ${dirname(join(into, 'x'))} is full. Nothing of the backup was left; make room and try again.`,
      error,
    );
  if (notOurs.has(code))
    return new Problem('invalid', `${into} cannot be written to. Choose another directory with STEWARD_BACKUP_DIR.`, {
      cause: error,
    });
  return error;
}
