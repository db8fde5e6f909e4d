import type { Convention } from './convention.ts';

/** Traceloop and OpenLLMetry, beside OpenTelemetry's older names. */
export const traceloop = {
  requestType: ['llm.request.type'],
  user: ['traceloop.association.properties.user_id', 'traceloop.association.properties.userId'],
  session: ['traceloop.association.properties.session_id', 'traceloop.association.properties.sessionId'],
  promptName: ['traceloop.prompt.key', 'traceloop.prompt.name'],
  promptVersion: ['traceloop.prompt.version'],
  laterInput: ['traceloop.entity.input', 'mlflow.spanInputs'],
  laterOutput: ['traceloop.entity.output', 'mlflow.spanOutputs'],
} as const satisfies Convention;
