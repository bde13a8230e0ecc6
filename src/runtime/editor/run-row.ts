import type { Run } from '../../api/client/types';
import { isRecord } from '../../api/endpoints/rows';
import { runState } from '../../runs/run/run-state';
import type { RunRow } from './lookup-rows';

/** A run in the list of a dialog, whatever stands in its variables: one odd run hides no other. */
export function runRow(run: Run): RunRow {
  const variables: unknown = run.variables;
  return {
    id: run.id,
    state: runState(run),
    date: run.dateCompleted ?? run.dateStarted,
    variables: (Array.isArray(variables) ? (variables as unknown[]) : [])
      .filter(isRecord)
      .map(({ name, displayValue, value }) => ({
        name: displayText(name),
        value: displayText(displayValue ?? value),
      })),
  };
}

function displayText(value: unknown): string {
  return typeof value === 'string' ? value : String(JSON.stringify(value));
}
