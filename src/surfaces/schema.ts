import { z } from 'zod';
import type { AnyOperation } from '../platform/operation.ts';

/** What goes over a wire into an operation, as JSON schema. */
export const inputSchema = ({ input }: AnyOperation) => wireSchema(input.strict(), 'input');

/** What comes back. An answer about a client names it. */
export function outputSchema({ access, output }: AnyOperation) {
  const schema = wireSchema(output, 'output');
  if (access === 'local' || access.of !== 'client') return schema;
  return {
    ...schema,
    properties: { client: { type: 'string', description: 'The client, by its id.' }, ...schema.properties },
    required: ['client', ...(schema.required ?? [])],
  };
}

/** Times are ISO texts on the wire. */
function wireSchema(schema: z.ZodType, io: 'input' | 'output') {
  const { $schema: _, ...made } = z.toJSONSchema(schema, {
    io,
    unrepresentable: 'any',
    override: ({ zodSchema, jsonSchema }) => {
      if (zodSchema._zod.def.type === 'date') Object.assign(jsonSchema, { type: 'string', format: 'date-time' });
    },
  });
  return made;
}
