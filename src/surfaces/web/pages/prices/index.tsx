import { useState } from 'react';
import { Act } from '../../../../ui/act.tsx';
import { askAgain } from '../../../../ui/answers.ts';
import { Form, type Fields } from '../../../../ui/form.tsx';
import { count, counted, money, UNKNOWN } from '../../../../ui/format.ts';
import { Answered, Empty, Page, Section, TextField, When } from '../../../../ui/kit.tsx';
import { Table } from '../../../../ui/table.tsx';
import { call, useCall, type Answer } from '../../call.ts';
import type { ClientPageProps } from '../../pages.ts';
import { administers, useSession } from '../../session.ts';

type Price = Answer<'prices.list'>['prices'][number];
/** As it stands where a price is for all calls. */
const FIRST = '2000-01-01T00:00:00.000Z';

/** What a client pays for models, where that is not the public price. */
export default function PricesPage({ client }: ClientPageProps) {
  const known = useCall('prices.list', { client: client.id });
  const { answer: session } = useSession();
  const may = administers(session, client);
  const own = known.answer?.prices.length;
  return (
    <Page
      title="Prices"
      verdict={
        own !== undefined &&
        (own === 0
          ? `${client.name} pays the public prices of its models.`
          : `${client.name} has ${counted(own, 'price')} of its own; everything else is at public prices.`)
      }
    >
      <Section title="Its own prices">
        <Answered known={known}>
          {({ prices }) =>
            prices.length === 0 ? (
              <Empty title="Here stand prices that were negotiated. A cost that a system reports itself goes before them." />
            ) : (
              <Table
                label="Prices"
                walked
                stacked
                rows={prices}
                idOf={({ id }) => id}
                columns={[
                  { head: 'Model', cell: ({ model, provider }) => (provider ? `${model} at ${provider}` : model) },
                  { head: 'Input per million', cell: (price) => rate(price.inputUsdPerMillion), number: true },
                  { head: 'Cached', cell: (price) => rate(price.cachedInputUsdPerMillion), number: true, wide: true },
                  { head: 'Output per million', cell: (price) => rate(price.outputUsdPerMillion), number: true },
                  { head: 'Per call', cell: (price) => rate(price.usdPerRequest), number: true, wide: true },
                  {
                    head: 'From',
                    cell: ({ validFrom }) => (validFrom <= FIRST ? 'all calls' : <When at={validFrom} absolute />),
                    wide: true,
                  },
                  ...(may ? [{ head: 'Act', cell: (price: Price) => <Remove price={price} client={client.id} /> }] : []),
                ]}
              />
            )
          }
        </Answered>
      </Section>
      {may && (
        <>
          <Section title="Set a price">
            <SetPrice client={client.id} />
          </Section>
          <Section title="Price a period anew">
            <Recost client={client.id} />
          </Section>
        </>
      )}
    </Page>
  );
}

const rate = (usd: number | null) => (usd === null ? UNKNOWN : money(usd));

function Remove({ price, client }: { price: Price; client: string }) {
  const remove = async () => {
    await call('prices.remove', { client, id: price.id });
    await askAgain('prices.list');
  };
  return (
    <Act onAct={remove} aria-label={`Remove the price of ${price.model}`}>
      Remove
    </Act>
  );
}

function SetPrice({ client }: { client: string }) {
  const orNull = (fields: Fields, name: string) => (fields.text(name) === '' ? null : Number(fields.text(name)));
  return (
    <Form
      act="Set the price"
      onSubmit={async (fields) => {
        await call('prices.set', {
          client,
          model: fields.text('model'),
          provider: fields.text('provider') || null,
          inputUsdPerMillion: orNull(fields, 'input'),
          cachedInputUsdPerMillion: orNull(fields, 'cached'),
          outputUsdPerMillion: orNull(fields, 'output'),
          usdPerRequest: orNull(fields, 'request'),
          ...(fields.text('from') && { validFrom: new Date(fields.text('from')).toISOString() }),
        });
        await askAgain('prices.list');
      }}
    >
      <TextField
        label="Model"
        name="model"
        placeholder="gpt-5*"
        maxLength={200}
        required
        hint="As traces name it. With a * behind it, every model whose name begins so."
      />
      <TextField label="Only at this provider" name="provider" placeholder="azure" maxLength={100} />
      <TextField label="US dollars for a million input tokens" name="input" type="number" min={0} step="any" />
      <TextField
        label="Of those, read from the cache"
        name="cached"
        type="number"
        min={0}
        step="any"
        hint="Without it, they cost what the others do."
      />
      <TextField label="US dollars for a million output tokens" name="output" type="number" min={0} step="any" />
      <TextField label="US dollars for each call" name="request" type="number" min={0} step="any" />
      <TextField label="For calls from" name="from" type="datetime-local" hint="Without it, for all calls." />
    </Form>
  );
}

type Recosted = Answer<'prices.recost'>;

/** First what would change, then the change. */
function Recost({ client }: { client: string }) {
  const [told, tell] = useState<Recosted & { from: string; to: string }>();
  const run = async (from: string, to: string, dryRun: boolean) => {
    tell({ ...(await call('prices.recost', { client, from, to, dryRun })), from, to });
    if (!dryRun) await askAgain();
  };
  return (
    <>
      <Form
        act="See what would change"
        look="plain"
        onSubmit={({ text }) => run(new Date(text('from')).toISOString(), new Date(text('to')).toISOString(), true)}
      >
        <TextField label="Calls from" name="from" type="datetime-local" required />
        <TextField label="until" name="to" type="datetime-local" required />
      </Form>
      {told && (
        <div className="notice" role="status">
          <p>
            {told.dryRun ? 'It would change' : 'It changed'} {count(told.changed)} of {counted(told.calls, 'call')}: from{' '}
            {money(told.before.costUsd)} to {money(told.after.costUsd)}.{' '}
            {told.after.unknown > 0 && `The cost of ${count(told.after.unknown)} stays unknown.`}
          </p>
          {told.dryRun && told.changed > 0 && (
            <Act look="main" onAct={() => run(told.from, told.to, false)}>
              Price them anew
            </Act>
          )}
        </div>
      )}
    </>
  );
}
