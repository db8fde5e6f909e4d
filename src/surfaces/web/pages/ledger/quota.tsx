import { useState } from 'react';
import { askAgain } from '../../../../ui/answers.ts';
import { Form } from '../../../../ui/form.tsx';
import { count } from '../../../../ui/format.ts';
import { Answered, Section, TextField } from '../../../../ui/kit.tsx';
import { call, useCall } from '../../call.ts';

const BYTES_IN_MB = 1e6;
/** An empty field is no limit. */
const limit = (text: string, factor = 1) => (text.trim() === '' ? null : Math.round(Number(text) * factor));

/** How much telemetry a client may send, for those who may say so. */
export function Quota({ client }: { client: string }) {
  const [saved, setSaved] = useState(false);
  const known = useCall('quotas.show', { client });
  return (
    <Section title="How much may be sent">
      <Answered known={known} rows={2}>
        {({ spansPerMinute, bytesPerDay, itemsThisMinute, bytesToday }) => (
          <>
            <p className="prose">
              {count(itemsThisMinute)} items this minute, {count(Math.ceil(bytesToday / BYTES_IN_MB))} MB since midnight (UTC).
              Past a limit, senders are told to try again later; nothing that was taken is lost.
            </p>
            <Form
              act="Save"
              onSubmit={async ({ text }) => {
                setSaved(false);
                const limits = { spansPerMinute: limit(text('spans')), bytesPerDay: limit(text('bytes'), BYTES_IN_MB) };
                await call('quotas.set', { client, ...limits });
                await askAgain('quotas.show');
                setSaved(true);
              }}
            >
              <TextField
                label="Spans per minute"
                name="spans"
                type="number"
                min={1}
                step={1}
                defaultValue={spansPerMinute ?? ''}
                hint="Empty: no limit."
              />
              <TextField
                label="MB per day"
                name="bytes"
                type="number"
                min={1}
                step="any"
                defaultValue={bytesPerDay === null ? '' : bytesPerDay / BYTES_IN_MB}
                hint="Of requests as they are sent. Empty: no limit."
              />
              {saved && (
                <p className="notice" role="status">
                  Saved. It holds within seconds.
                </p>
              )}
            </Form>
          </>
        )}
      </Answered>
    </Section>
  );
}
