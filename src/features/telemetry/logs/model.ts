import { z } from 'zod';

export const LogRecord = z.object({
  id: z.string(),
  traceId: z.string().nullable(),
  spanId: z.string().nullable(),
  at: z.string(),
  name: z.string(),
  severity: z.number().describe('1 to 24, as OpenTelemetry counts them; 0 when not said.'),
  body: z.unknown(),
  attributes: z.record(z.string(), z.unknown()),
  resource: z.record(z.string(), z.unknown()),
  scope: z.string(),
  flags: z.array(z.string()).describe('What a reader should know before trusting the record.'),
  receivedAt: z.string(),
});
export type LogRecord = z.infer<typeof LogRecord>;
