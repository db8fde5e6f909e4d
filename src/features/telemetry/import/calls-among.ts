import { filled, plain, type Column, type ColumnRef } from './columns.ts';

/** Logs in which rows of other kinds stand beside the calls, and say the same again: only some kinds are calls. */
export interface CallsAmong {
  kind: ColumnRef;
  /** Kinds that are calls of a model, in lower case. */
  calls: readonly string[];
}

const NAMES = ['type', 'observationtype', 'runtype', 'spankind', 'spantype'];
const CALLS = ['generation', 'embedding', 'llm', 'chat_model'];
/** What Langfuse, LangSmith and their like call everything else. */
const OTHERS = ['span', 'event', 'agent', 'tool', 'chain', 'retriever', 'evaluator', 'guardrail', 'prompt', 'parser', 'reranker'];

export const isCallKind = (kind: string) => CALLS.includes(kind.trim().toLowerCase());
const isKind = (kind: string) => isCallKind(kind) || OTHERS.includes(kind.trim().toLowerCase());

/** The column that tells calls from what wraps them; nothing where all rows are of one sort. Pure. */
export function callsAmong(columns: readonly Column[]): CallsAmong | null {
  const kind = columns.find((column) => {
    const values = filled(column);
    return (
      column.path.length === 0 &&
      NAMES.includes(plain(column.name)) &&
      values.length > 0 &&
      values.every(isKind) &&
      values.some(isCallKind) &&
      !values.every(isCallKind)
    );
  });
  return kind ? { kind: { name: kind.name, column: kind.column, path: [] }, calls: CALLS } : null;
}

/** The columns as the calls alone show them. Pure. */
export function columnsOfCalls(columns: readonly Column[], { kind }: CallsAmong): Column[] {
  const kinds = columns.find(({ name }) => name === kind.name)?.values ?? [];
  return columns
    .map((column) => ({ ...column, values: column.values.filter((_, row) => isCallKind(kinds[row] ?? '')) }))
    .filter((column) => column.path.length === 0 || filled(column).length > 0);
}
