import { useState } from 'react';
import { askAgain } from '../../../../ui/answers.ts';
import { Refusal } from '../../../../ui/api.ts';
import { Form, type Fields } from '../../../../ui/form.tsx';
import { count } from '../../../../ui/format.ts';
import { Answered, Copyable, Field, Page, Section } from '../../../../ui/kit.tsx';
import { Table } from '../../../../ui/table.tsx';
import { call, useCall, type Answer } from '../../call.ts';
import type { ClientPageProps } from '../../pages.ts';
import { Erasure, Retention } from './retention.tsx';
import { administers, useSession } from '../../session.ts';

type Redaction = Answer<'redaction.show'>;
type Struck = Redaction['struck'];

const patterns = [
  ['email', 'e-mail addresses'],
  ['phone', 'phone numbers'],
  ['card', 'card numbers, by their checksum'],
  ['iban', 'IBANs, by their checksum'],
  ['secret', 'keys and tokens'],
] as const;

/** What is struck from a client's telemetry before it is kept, how long the rest is, and who is erased from it. */
export default function PrivacyPage({ client }: ClientPageProps) {
  const known = useCall('redaction.show', { client: client.id });
  const { answer: session } = useSession();
  const may = administers(session, client);
  return (
    <Page title="Privacy" verdict={known.answer && verdictOf(known.answer, client.name)}>
      <Answered known={known}>
        {(redaction) => (
          <>
            <Section title="Struck before anything is kept">
              {may ? <Settings redaction={redaction} client={client.id} /> : <Told redaction={redaction} />}
            </Section>
            <Section title="Struck in the last 30 days">
              {redaction.struck.length === 0 ? <p>Nothing.</p> : <StruckTable struck={redaction.struck} />}
            </Section>
            <Section title="Try it on a text">
              <Try client={client.id} />
            </Section>
            <Retention client={client.id} may={may} />
            <Erasure client={client.id} may={may} />
          </>
        )}
      </Answered>
    </Page>
  );
}

function verdictOf({ patterns: chosen, own, dropTexts, struck }: Redaction, name: string): string {
  if (dropTexts) return `No text of ${name} is kept: neither what went into models nor what came out of them.`;
  if (chosen.length + own.length === 0) return `Texts of ${name} are kept as they are sent. Nothing is struck.`;
  const total = struck.reduce((sum, { count }) => sum + count, 0);
  return `What ${name} does not want kept is struck: ${count(total)} places in the last 30 days.`;
}

const Told = ({ redaction: { patterns: chosen, own, dropTexts } }: { redaction: Redaction }) => (
  <p>{dropTexts ? 'All texts.' : [...chosen, ...own.map(({ name }) => name)].join(', ') || 'Nothing.'}</p>
);

function Settings({ redaction, client }: { redaction: Redaction; client: string }) {
  const [saved, setSaved] = useState(false);
  return (
    <Form
      act="Save"
      onSubmit={async (fields) => {
        setSaved(false);
        const dropTexts = fields.all('drop').length > 0;
        await call('redaction.set', { client, patterns: chosenIn(fields), own: ownIn(fields), dropTexts });
        await askAgain('redaction.show');
        setSaved(true);
      }}
    >
      <fieldset>
        <legend>Strike out</legend>
        {patterns.map(([pattern, words]) => (
          <label key={pattern}>
            <input type="checkbox" name="pattern" value={pattern} defaultChecked={redaction.patterns.includes(pattern)} /> {words}
          </label>
        ))}
      </fieldset>
      <Field
        label="Patterns of your own"
        hint="One per line: a name, a space, a regular expression (RE2), such as: customer-no C-\d{6}. The name stands where something was struck."
      >
        {(props) => (
          <textarea
            name="own"
            rows={3}
            spellCheck={false}
            className="mono"
            defaultValue={redaction.own.map(({ name, pattern }) => `${name} ${pattern}`).join('\n')}
            {...props}
          />
        )}
      </Field>
      <label>
        <input type="checkbox" name="drop" defaultChecked={redaction.dropTexts} /> Keep no texts at all
      </label>
      {saved && (
        <p className="notice" role="status">
          Saved. It holds for what comes in from now on, within seconds.
        </p>
      )}
    </Form>
  );
}

const chosenIn = (fields: Fields) =>
  patterns.map(([pattern]) => pattern).filter((pattern) => fields.all('pattern').includes(pattern));

function ownIn(fields: Fields) {
  const lines = fields
    .text('own')
    .split('\n')
    .map((line) => line.trim());
  return lines.filter(Boolean).map((line) => {
    const [, name, pattern] = /^(\S+)\s+(.+)$/.exec(line) ?? [];
    if (!name || !pattern) throw new Refusal('invalid', `"${line}" needs a name, a space and a pattern.`);
    return { name, pattern };
  });
}

const StruckTable = ({ struck }: { struck: Struck }) => (
  <Table
    label="What was struck"
    rows={struck}
    idOf={({ name }) => name}
    columns={[
      { head: 'Pattern', cell: ({ name }) => name },
      { head: 'Places', cell: ({ count: n }) => count(n), number: true },
    ]}
  />
);

function Try({ client }: { client: string }) {
  const [left, setLeft] = useState<Answer<'redaction.try'>>();
  return (
    <>
      <Form
        act="Show what would be left"
        look="plain"
        onSubmit={async ({ text }) => setLeft(await call('redaction.try', { client, text: text('text') }))}
      >
        <Field label="A text" hint="The saved patterns are tried on it. It is not kept.">
          {(props) => <textarea name="text" rows={4} maxLength={100_000} required {...props} />}
        </Field>
      </Form>
      {left && <Copyable text={left.text} label="what would be left" />}
    </>
  );
}
