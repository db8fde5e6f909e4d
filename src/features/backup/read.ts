import { readdirSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { MOST_PIECE_BYTES } from '../../platform/copy.ts';
import { conflict, invalid, notFound } from '../../platform/problem.ts';
import { requireKnownMigrations } from '../../stores/index.ts';
import { filesOf, FORMAT, Manifest, sum, summaryOf, type BackupFile, type Summary } from './model.ts';
import { hashOf } from './write.ts';

const unpack = promisify(gunzip);

export interface Backup {
  readonly dir: string;
  readonly manifest: Manifest;
  readonly summary: Summary;
}

/** Reads what a backup says of itself. Throws `Problem`: where there is none, it was changed, or a newer Steward made it. */
export async function openBackup(named: string): Promise<Backup> {
  const dir = resolve(named);
  const path = join(dir, 'manifest.json');
  const bytes = await readFile(path).catch(() => undefined);
  if (!bytes) throw notFound(`There is no backup in ${dir}: it has no manifest.json.`);
  const sha256 = hashOf(bytes);
  const noted = await readFile(join(dir, 'manifest.sha256'), 'utf8').catch(() => undefined);
  if (noted === undefined) throw invalid(`The backup is not whole: ${join(dir, 'manifest.sha256')} is missing.`);
  if (noted.split(' ')[0] !== sha256) throw changed(path);
  const parsed = parse(bytes);
  if (parsed && Number(parsed['format']) > FORMAT)
    throw conflict(`The backup was made by Steward ${String(parsed['steward'])}, which is newer than this one. Update Steward.`);
  const manifest = Manifest.safeParse(parsed);
  if (!manifest.success) throw invalid(`${path} is no manifest of a backup.`);
  return { dir, manifest: manifest.data, summary: summaryOf(manifest.data, { name: basename(dir), path: dir, sha256 }) };
}

/** Reads every file and compares its hash. Throws `invalid` with the name of the first that is missing or was changed. */
export async function verify({ dir, manifest }: Backup, report: (done: number, total: number) => void): Promise<void> {
  requireKnownMigrations(manifest.migrations);
  const files = filesOf(manifest);
  const total = sum(files.map(({ bytes }) => bytes));
  let done = 0;
  for (const file of files) {
    const path = join(dir, file.path);
    const bytes = await readFile(path).catch(() => undefined);
    if (!bytes) throw invalid(`The backup is not whole: ${path} is missing.`);
    if (bytes.length !== file.bytes || hashOf(bytes) !== file.sha256) throw changed(path);
    report((done += bytes.length), total);
  }
}

const changed = (path: string) => invalid(`${path} is not as it was written: its SHA-256 differs. Take another backup.`);

/** The bytes of a table's files, in their order. */
export async function* piecesIn({ dir }: Backup, files: readonly BackupFile[]): AsyncIterable<Buffer> {
  for (const { path } of files) yield await unpacked(join(dir, path));
}

/** A few kilobytes can unpack to gigabytes, and a backup may come from anywhere. */
export async function unpacked(path: string, most = MOST_PIECE_BYTES): Promise<Buffer> {
  try {
    return await unpack(await readFile(path), { maxOutputLength: most });
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : '';
    if (code === 'ERR_BUFFER_TOO_LARGE')
      throw invalid(
        `${path} unpacks to more than ${most / 1024 ** 2} MiB, which no backup of Steward does. Nothing of it is restored; take another backup.`,
      );
    if (code.startsWith('Z_')) throw invalid(`${path} cannot be unpacked: it is no file of a backup. Take another backup.`);
    throw error;
  }
}

/** The backups in a directory, the latest first; what is none is left out. */
export async function listBackups(into: string): Promise<Summary[]> {
  const found = await Promise.all(
    namesIn(into).map((name) =>
      openBackup(join(into, name)).then(
        ({ summary }) => summary,
        () => [],
      ),
    ),
  );
  return found.flat().toSorted((a, b) => b.at.getTime() - a.at.getTime());
}

function namesIn(into: string): string[] {
  try {
    return readdirSync(into, { withFileTypes: true })
      .filter((entry) => entry.isDirectory() && !entry.name.includes('.unfinished'))
      .map(({ name }) => name);
  } catch {
    return [];
  }
}

function parse(bytes: Buffer): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(bytes.toString('utf8'));
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}
