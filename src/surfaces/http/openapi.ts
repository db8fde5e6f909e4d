import type { AnyOperation } from '../../platform/operation.ts';
import type { ProblemCode } from '../../platform/problem.ts';
import { version } from '../../platform/version.ts';
import { inputSchema, outputSchema } from '../schema.ts';
import { statusOf } from './status.ts';

/** The OpenAPI document of these operations. */
export const openApi = (operations: readonly AnyOperation[]) => ({
  openapi: '3.1.0',
  info: { title: 'Steward', version, description: 'The operating system for AI operations.' },
  security: [{ bearer: [] }, { apiKey: [] }, { basic: [] }],
  paths: Object.fromEntries(operations.map((op) => [`/api/${op.name}`, methodsOf(op)])),
  components: {
    securitySchemes: {
      bearer: { type: 'http', scheme: 'bearer' },
      apiKey: { type: 'apiKey', in: 'header', name: 'x-api-key' },
      basic: { type: 'http', scheme: 'basic', description: 'The key is the password; the user is ignored.' },
    },
    schemas: { Problem: problemSchema },
    responses: Object.fromEntries(Object.keys(statusOf).map((code) => [code, { description: code, ...json(problemRef) }])),
  },
});

const json = (schema: unknown) => ({ content: { 'application/json': { schema } } });
const problemRef = { $ref: '#/components/schemas/Problem' };

const problemSchema = {
  type: 'object',
  required: ['error'],
  properties: {
    error: {
      type: 'object',
      required: ['code', 'message'],
      properties: {
        code: { enum: [...(Object.keys(statusOf) as ProblemCode[]), 'internal'] },
        message: { type: 'string' },
        details: {},
      },
    },
  },
};

const methodsOf = (op: AnyOperation) => ({ post: described(op), ...(op.byGet && { get: byGet(op) }) });

function byGet(op: AnyOperation) {
  const { requestBody: _, ...rest } = described(op);
  const { properties = {}, required = [] } = inputSchema(op) as { properties?: Record<string, object>; required?: string[] };
  return {
    ...rest,
    operationId: `${rest.operationId}_by_get`,
    parameters: Object.entries(properties).map(([name, schema]) => ({
      name,
      in: 'query',
      required: required.includes(name),
      schema,
    })),
  };
}

function described(op: AnyOperation) {
  const { name, summary, access } = op;
  return {
    operationId: name.replaceAll('.', '_'),
    tags: [name.split('.')[0]],
    summary,
    // Who may: the scope a key needs, and the roles of people.
    'x-access': access,
    requestBody: { required: true, ...json(inputSchema(op)) },
    responses: {
      200: { description: 'Done.', ...json(outputSchema(op)) },
      ...Object.fromEntries(
        Object.entries(statusOf).map(([code, status]) => [status, { $ref: `#/components/responses/${code}` }]),
      ),
    },
  };
}
