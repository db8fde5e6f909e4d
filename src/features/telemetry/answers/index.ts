/** What is answered about telemetry: lists, charts, workflows and their states. */
export { queryMetrics } from './metrics.ts';
export { showOverview } from './overview.ts';
export { listSessions, listUsers } from './people.ts';
export { listTraces, showTrace } from './traces.ts';
export { listWorkflows, showTimeline, showWorkflow } from './workflows.ts';
