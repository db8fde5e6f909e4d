import { z } from 'zod';
import { clientField, operation } from '../../../platform/operation.ts';
import { reads } from '../answers/access.ts';
import { findSpans } from './store.ts';

const SpanRef = z.strictObject({
  traceId: z.string().regex(/^[0-9a-f]{32}$/, 'must be 32 hexadecimal digits'),
  spanId: z.string().regex(/^[0-9a-f]{16}$/, 'must be 16 hexadecimal digits'),
});
export type SpanRef = z.infer<typeof SpanRef>;

/** Spans that one question may name. */
export const MOST_ASKED = 1000;

export const findKnown = operation({
  name: 'telemetry.known',
  summary: 'Say which of these spans are there already, so that an import need not send them.',
  access: reads,
  input: z.object({
    client: clientField,
    from: z.iso.datetime().describe('When the first of them began, or before.'),
    to: z.iso.datetime().describe('When the last of them began, or after.'),
    spans: z.array(SpanRef).max(MOST_ASKED),
  }),
  output: z.object({ known: z.array(SpanRef) }),
  async run(ctx, { from, to, spans }) {
    const idOf = ({ traceId, spanId }: SpanRef) => traceId + spanId;
    const asked = new Set(spans.map(idOf));
    const found = await findSpans(ctx, {
      from,
      to,
      traceIds: [...new Set(spans.map(({ traceId }) => traceId))],
      spanIds: spans.map(({ spanId }) => spanId),
    });
    return { known: found.filter((span) => asked.has(idOf(span))) };
  },
});
