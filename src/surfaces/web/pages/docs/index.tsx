import { useRef } from 'react';
import { useQuestion } from '../../../../ui/answers.ts';
import { read } from '../../../../ui/api.ts';
import { Answered, Copyable, Page, Section } from '../../../../ui/kit.tsx';
import { useParams } from '../../../../ui/router.tsx';
import './docs.css';

/** The part of a JSON schema that is told here. */
interface Schema {
  readonly type?: string | readonly string[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly items?: Schema;
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly anyOf?: readonly Schema[];
  readonly format?: string;
  readonly description?: string;
  readonly default?: unknown;
}
interface Body {
  readonly content: { readonly 'application/json': { readonly schema: Schema } };
}
interface Described {
  readonly summary: string;
  readonly tags: readonly string[];
  readonly 'x-access': { readonly of: string; readonly does?: string; readonly key?: string; readonly roles?: readonly string[] };
  readonly requestBody: Body;
  readonly responses: { readonly 200: Body };
}
interface OpenApi {
  readonly paths: Readonly<Record<string, { readonly post?: Described }>>;
}

const REST_MS = 1000;

/** Every operation, as a person reads it: the page of /api/openapi.json. */
export default function DocsPage() {
  const known = useQuestion('openapi', () => read('/api/openapi.json') as Promise<OpenApi>);
  const [params, change] = useParams();
  const typedAt = useRef(0);
  const sought = (params.get('find') ?? '').toLowerCase();
  const all = Object.entries(known.answer?.paths ?? {}).flatMap(([path, { post }]) => (post ? [{ path, ...post }] : []));
  const shown = all.filter(({ path, summary }) => `${path} ${summary}`.toLowerCase().includes(sought));
  const features = [...new Set(shown.map(({ tags }) => tags[0] ?? ''))];
  return (
    <Page
      title="API"
      verdict="Every operation is asked by POST with a JSON object and a key. The command line, agents over MCP and these pages ask the same ones."
    >
      <Copyable
        label="an example"
        text={`curl -X POST ${location.origin}/api/clients.list -H 'authorization: Bearer YOUR_KEY' -H 'content-type: application/json' -d '{}'`}
      />
      <p>
        For programs: <a href="/api/openapi.json">/api/openapi.json</a> (OpenAPI 3.1). MCP is at /mcp with the same keys.
      </p>
      <div className="field">
        <label htmlFor="find">Find an operation</label>
        <input
          id="find"
          type="search"
          value={params.get('find') ?? ''}
          onChange={({ target }) => {
            // Typing without a rest is one step.
            const now = Date.now();
            change({ find: target.value }, { replace: now - typedAt.current < REST_MS });
            typedAt.current = now;
          }}
        />
      </div>
      <Answered known={known} rows={12}>
        {() =>
          features.map((feature) => (
            <Section key={feature} title={feature}>
              {shown
                .filter(({ tags }) => tags[0] === feature)
                .map((operation) => (
                  <Operation key={operation.path} operation={operation} />
                ))}
            </Section>
          ))
        }
      </Answered>
      {known.answer && shown.length === 0 && <p>No operation is called that.</p>}
    </Page>
  );
}

function Operation({ operation }: { operation: Described & { path: string } }) {
  const { path, summary, requestBody, responses } = operation;
  return (
    <details className="operation">
      <summary>
        <code>{path.replace('/api/', '')}</code> <span>{summary}</span>
      </summary>
      <p className="muted">{whoMay(operation['x-access'])}</p>
      <h3>Input</h3>
      <Fields schema={requestBody.content['application/json'].schema} />
      <h3>Answer</h3>
      <Fields schema={responses[200].content['application/json'].schema} />
    </details>
  );
}

function whoMay({ of, key, roles = [] }: Described['x-access']): string {
  if (of === 'self') return 'Anyone who is signed in, and any key.';
  const people = roles.length > 0 ? `People: ${roles.join(', ')}.` : 'No person.';
  const keys = of !== 'client' || key === 'admin' ? 'Keys: those of the practice.' : `Keys: those with the scope ${key}.`;
  return `${people} ${keys}`;
}

function Fields({ schema, depth = 0 }: { schema: Schema; depth?: number }) {
  const fields = Object.entries(schema.properties ?? {});
  if (fields.length === 0) return <p className="muted">No fields.</p>;
  return (
    <dl className="fields">
      {fields.map(([name, field]) => {
        const inner = field.properties ? field : field.items?.properties ? field.items : undefined;
        return (
          <div key={name}>
            <dt>
              <code>{name}</code>
              <span className="muted">
                {' '}
                {typeOf(field)}
                {schema.required?.includes(name) ? '' : ', optional'}
              </span>
            </dt>
            <dd>
              {field.description}
              {inner && depth < 2 && <Fields schema={inner} depth={depth + 1} />}
            </dd>
          </div>
        );
      })}
    </dl>
  );
}

function typeOf({ type, items, enum: values, const: only, anyOf, format }: Schema): string {
  if (only !== undefined) return JSON.stringify(only);
  if (values) return values.map((value) => JSON.stringify(value)).join(' | ');
  if (anyOf) return anyOf.map(typeOf).join(' | ');
  if (items) return `list of ${typeOf(items)}`;
  const plain = typeof type === 'string' ? type : (type?.join(' | ') ?? 'anything');
  return format ? `${plain} (${format})` : plain;
}
