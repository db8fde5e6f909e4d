import { z } from 'zod';

export const secretField = z
  .boolean()
  .default(false)
  .describe('Leave out session.secret. Keep it elsewhere: one-time codes and single sign-on are encrypted by it.');

/** How a backup is laid out. A later layout has a higher number. */
export const FORMAT = 1;

const Rows = z.number().int().min(0);

/** A file of a backup, by its path in it. */
export const BackupFile = z.object({
  path: z
    .string()
    .max(500)
    .regex(/^(records|telemetry|spool|secrets)(\/[A-Za-z0-9_-][\w.-]*)+$/),
  bytes: z.number().int().min(0),
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
});
export type BackupFile = z.infer<typeof BackupFile>;

/** The one secret of a backup: what it restores into the data directory itself has no other name. */
const SecretFile = BackupFile.extend({ path: z.literal('secrets/session.secret') });

const Table = z.object({
  name: z.string().regex(/^[a-z_][a-z0-9_]*$/),
  rows: Rows,
  files: z.array(BackupFile.extend({ rows: Rows })),
});

const Applied = z.array(z.object({ name: z.string(), hash: z.string() }));

/** What a backup says of itself. */
export const Manifest = z.object({
  format: z.number().int(),
  steward: z
    .string()
    .regex(/^\d+\.\d+\.\d+[\w.+-]{0,40}$/)
    .describe('The version that made it.'),
  at: z.iso.datetime().describe('The moment that it shows.'),
  tookMs: z.number(),
  heldMs: z.number().describe('For how long nothing was moved from the spool into its store. Telemetry was taken all the while.'),
  migrations: z.object({ records: Applied, telemetry: Applied }),
  clients: z.array(z.object({ id: z.string(), name: z.string(), spans: Rows })),
  records: z.array(Table),
  sequences: z.array(z.object({ name: z.string(), last: z.string() })),
  telemetry: z.array(Table.extend({ rowsByClient: z.record(z.string(), Rows) })),
  /** What was acknowledged and not yet in its store. */
  spool: z.array(BackupFile),
  secrets: z.array(SecretFile).max(1),
});
export type Manifest = z.infer<typeof Manifest>;

/** A backup in a few numbers. */
export const Summary = z.object({
  name: z.string(),
  path: z.string(),
  at: z.date(),
  steward: z.string(),
  bytes: z.number().describe('On disk.'),
  files: z.number(),
  clients: z.number(),
  spans: z.number().describe('As rows: one that was sent twice may be there twice until it is merged.'),
  recordRows: z.number(),
  waitingFiles: z.number().describe('Files of the spool: telemetry that was acknowledged and not yet in its store.'),
  tookMs: z.number(),
  heldMs: z.number(),
  hasSecret: z.boolean(),
  sha256: z.string().describe('Of manifest.json, which holds the hash of every other file.'),
});
export type Summary = z.infer<typeof Summary>;

export const filesOf = ({ records, telemetry, spool, secrets }: Manifest): BackupFile[] => [
  ...[...records, ...telemetry].flatMap(({ files }) => files),
  ...spool,
  ...secrets,
];

export const sum = (numbers: readonly number[]) => numbers.reduce((total, number) => total + number, 0);

export function summaryOf(manifest: Manifest, where: { name: string; path: string; sha256: string }): Summary {
  const files = filesOf(manifest);
  return {
    ...where,
    at: new Date(manifest.at),
    steward: manifest.steward,
    bytes: sum(files.map(({ bytes }) => bytes)),
    files: files.length + 2,
    clients: manifest.clients.length,
    spans: manifest.telemetry.find(({ name }) => name === 'span')?.rows ?? 0,
    recordRows: sum(manifest.records.map(({ rows }) => rows)),
    waitingFiles: manifest.spool.length,
    tookMs: manifest.tookMs,
    heldMs: manifest.heldMs,
    hasSecret: manifest.secrets.length > 0,
  };
}
