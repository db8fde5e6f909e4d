import type { Convention } from './convention.ts';

/** Langfuse's own clients. What a usage holds is read in usage.ts, as its keys are disjoint. */
export const langfuse = {
  servedModel: ['langfuse.observation.model.name', 'langfuse.observation.model'],
  usageDetails: ['langfuse.observation.usage_details', 'langfuse.usage_details'],
  costDetails: ['langfuse.observation.cost_details', 'langfuse.cost_details'],
  user: ['langfuse.user.id'],
  session: ['langfuse.session.id'],
  environment: ['langfuse.environment'],
  release: ['langfuse.release'],
  version: ['langfuse.version'],
  tags: ['langfuse.trace.tags'],
  traceName: ['langfuse.trace.name'],
  promptName: ['langfuse.observation.prompt.name'],
  promptVersion: ['langfuse.observation.prompt.version'],
  input: ['langfuse.observation.input', 'langfuse.trace.input'],
  output: ['langfuse.observation.output', 'langfuse.trace.output'],
  level: ['langfuse.observation.level'],
  statusMessage: ['langfuse.observation.status_message'],
  completionStart: ['langfuse.observation.completion_start_time'],
} as const satisfies Convention;

/** Set beside other conventions, for callbacks that know Langfuse; asked late. */
export const langfuseUserInMetadata = [
  'langfuse.trace.metadata.langfuse_user_id',
  'metadata.langfuse_user_id',
  'traceloop.association.properties.langfuse_user_id',
  'langfuse_user_id',
] as const;
