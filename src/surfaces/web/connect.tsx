import { useState } from 'react';
import { askAgain } from '../../ui/answers.ts';
import { Refusal } from '../../ui/api.ts';
import { Button, Copyable, Failure } from '../../ui/kit.tsx';
import { Link, useParams, withParams } from '../../ui/router.tsx';
import { call } from './call.ts';
import { administers, useSession, type ClientRef } from './session.ts';

/** The lines to paste so that a client's AI systems are seen, in the language they are written in. */
export function Connect({ client }: { client: ClientRef }) {
  const [params] = useParams();
  const { answer: session } = useSession();
  const [key, setKey] = useState<string>();
  const [refusal, setRefusal] = useState<Refusal>();
  const chosen = languages.find(({ id }) => id === params.get('lang')) ?? languages[0];
  const make = async () => {
    try {
      setKey((await call('keys.create', { client: client.id, scopes: ['ingest'], name: 'Telemetry' })).key);
      setRefusal(undefined);
      await askAgain('keys.list');
    } catch (error) {
      if (error instanceof Refusal) setRefusal(error);
    }
  };
  return (
    <div className="connect">
      <ol>
        <li>
          {administers(session, client) ? (
            <>
              <p>Make a key that may send telemetry of {client.name}, and nothing else.</p>
              {key ? (
                <>
                  <p className="notice" role="status">
                    This is the key. It is shown this once; the lines below hold it.
                  </p>
                  <Copyable text={key} label="the key" />
                </>
              ) : (
                <Button look="main" onClick={() => void make()}>
                  Create a key
                </Button>
              )}
              {refusal && <Failure refusal={refusal} />}
            </>
          ) : (
            <p>Ask an owner or operator of the practice for a key of {client.name} that may send telemetry.</p>
          )}
        </li>
        <li>
          <p>Paste this where the AI system runs. Any OpenTelemetry exporter over HTTP will do.</p>
          <nav className="tabs" aria-label="Languages">
            {languages.map(({ id, name }) => (
              <Link key={id} to={withParams(location.search, { lang: id })} aria-current={id === chosen.id ? 'true' : undefined}>
                {name}
              </Link>
            ))}
          </nav>
          <Copyable
            text={chosen.lines({ url: location.origin, key: key ?? 'YOUR_KEY' })}
            label={`the lines for ${chosen.name}`}
          />
        </li>
        <li>
          <p>This page shows what arrives, within seconds.</p>
        </li>
      </ol>
    </div>
  );
}

interface Target {
  url: string;
  key: string;
}

const settings = ({ url, key }: Target) => `export OTEL_EXPORTER_OTLP_ENDPOINT=${url}
export OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf
export OTEL_EXPORTER_OTLP_HEADERS=x-api-key=${key}
export OTEL_SERVICE_NAME=support-drafts   # becomes the name of the workflow`;

const languages: readonly [Language, ...Language[]] = [
  { id: 'env', name: 'Environment', lines: settings },
  {
    id: 'node',
    name: 'Node.js',
    lines: (target) => `${settings(target)}
npm install @opentelemetry/api @opentelemetry/auto-instrumentations-node
node --require @opentelemetry/auto-instrumentations-node/register app.js`,
  },
  {
    id: 'python',
    name: 'Python',
    lines: (target) => `${settings(target)}
pip install opentelemetry-distro opentelemetry-exporter-otlp-proto-http opentelemetry-instrumentation-openai-v2
opentelemetry-instrument python app.py`,
  },
  { id: 'curl', name: 'curl, to try it', lines: curlLines },
];

interface Language {
  readonly id: string;
  readonly name: string;
  readonly lines: (target: Target) => string;
}

/** One call, as if a model had just answered. */
function curlLines({ url, key }: Target): string {
  const text = (name: string, stringValue: string) => ({ key: name, value: { stringValue } });
  const int = (name: string, intValue: number) => ({ key: name, value: { intValue } });
  const now = BigInt(Date.now()) * 1_000_000n;
  const span = {
    traceId: hex(16),
    spanId: hex(8),
    name: 'chat gpt-4o',
    kind: 3,
    startTimeUnixNano: String(now - 900_000_000n),
    endTimeUnixNano: String(now),
    attributes: [
      text('gen_ai.operation.name', 'chat'),
      text('gen_ai.provider.name', 'openai'),
      text('gen_ai.request.model', 'gpt-4o'),
      int('gen_ai.usage.input_tokens', 1200),
      int('gen_ai.usage.output_tokens', 180),
    ],
  };
  const resource = { attributes: [text('service.name', 'support-drafts')] };
  const body = { resourceSpans: [{ resource, scopeSpans: [{ spans: [span] }] }] };
  return `curl -X POST ${url}/v1/traces -H 'x-api-key: ${key}' -H 'content-type: application/json' -d '
${JSON.stringify(body, null, 1).replaceAll(/\n\s*/g, ' ')}'`;
}

const hex = (bytes: number) =>
  Array.from(crypto.getRandomValues(new Uint8Array(bytes)), (byte) => byte.toString(16).padStart(2, '0')).join('');
