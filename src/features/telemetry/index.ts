import type { Feature } from '../../platform/feature.ts';
import {
  listSessions,
  listTraces,
  listUsers,
  listWorkflows,
  queryMetrics,
  showOverview,
  showTimeline,
  showTrace,
  showWorkflow,
} from './answers/index.ts';
import { findKnown, importLog } from './history/index.ts';
import { receiveLogs, receiveMetrics, receiveTraces } from './ingest/routes.ts';
import { setQuota, showLedger, showQuota } from './ledger/index.ts';
import { listLogs, placeScores } from './logs/index.ts';
import { listMetricPoints } from './metric-points/index.ts';
import { listOwnPrices, recostSpans, removeOwnPrice, setOwnPrice } from './prices/index.ts';
import { receiveLangfuseBatch, receiveLangfuseScore } from './langfuse/routes.ts';
import {
  changeRedaction,
  changeRetention,
  eraseAgain,
  forgetSetAside,
  expireTelemetry,
  listErasures,
  requestErasure,
  showRedaction,
  showRetention,
  tryRedaction,
} from './privacy/index.ts';
import { createScore, createScores, importScores, listScores } from './scores/index.ts';
import { sumCutOff, sumNightly, sumScoresNightly } from './sums/index.ts';
import { nameScores } from './sums/name-scores.ts';

export { givenMap, logInput } from './import/given-map.ts';
export { importLogs, openLogFile, scoresBeside, type Field, type Imported, type LogFile } from './import/index.ts';
export { metricsText } from './ledger/index.ts';
export { eraseKnown } from './privacy/index.ts';
export type { ColumnRef } from './import/columns.ts';
export { ENDING, lastWords } from './import/endings.ts';
export type { Mapping } from './import/map-columns.ts';
export { languageOf } from './import/texts.ts';

/** Telemetry: what the AI systems did, however it reaches Steward. */
export const telemetry = {
  name: 'telemetry',
  operations: [
    importLog,
    findKnown,
    listTraces,
    listLogs,
    listMetricPoints,
    showTrace,
    queryMetrics,
    listSessions,
    listUsers,
    listWorkflows,
    showWorkflow,
    showTimeline,
    showOverview,
    showLedger,
    showQuota,
    setQuota,
    listOwnPrices,
    setOwnPrice,
    removeOwnPrice,
    recostSpans,
    createScore,
    createScores,
    importScores,
    listScores,
    showRedaction,
    changeRedaction,
    tryRedaction,
    showRetention,
    changeRetention,
    requestErasure,
    listErasures,
  ],
  jobs: [expireTelemetry, eraseAgain, forgetSetAside, sumCutOff, sumNightly, sumScoresNightly, placeScores, nameScores],
  routes: [receiveTraces, receiveLogs, receiveMetrics, receiveLangfuseBatch, receiveLangfuseScore],
} as const satisfies Feature;
