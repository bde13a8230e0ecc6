import type { CallOptions, ListOptions, Page, RescaleClient } from '../../src/api/client/client';
import type { Run } from '../../src/api/client/types';
import { outcomeReader } from '../../src/runs/evidence/run-outcome';
import { endDoubt, runState } from '../../src/runs/run/run-state';
import { seeEnd } from '../../src/runs/run/seen-ends';
import { runSummary } from '../../src/runs/run/summary';
import { defineNode } from '../../src/runtime/node/define-node';
import { oddEndText } from '../../src/runtime/status/odd-end';
import { unknownStatusText } from '../../src/runtime/status/unknown-status';
import { choiceField, jobIdField, tickField } from '../../src/runtime/fields/fields';
import { emitList, listFields, type Annotations, type ListOutput } from '../../src/runtime/results/lists';

/** The runs of a job, all pages. */
export = defineNode({
  type: 'rescale-list-runs',
  fields: {
    jobId: jobIdField(),
    ...listFields,
    state: choiceField(['any', 'pending', 'running', 'completed'], 'any'),
    runType: choiceField(['any', '1', '2', '3'], 'any'),
    optimalOnly: tickField(false),
    outcome: tickField(false),
  },
  input({ fields, client, ...call }) {
    const { jobId, emit, limit, pageSize, state, runType, optimalOnly, outcome } = fields;
    const now = client.platformNow();
    const doubted: string[] = [];
    const outcomes = outcome ? outcomesOf(client, jobId, call) : null;
    const keep = (run: Run) => {
      const isOfKind = (runType === 'any' || run.type === Number(runType)) && (!optimalOnly || run.isOptimal);
      // Which state it is in is what is in doubt, so the one that is left out for its state counts as well.
      if (isOfKind && endDoubt(run, now)) doubted.push(run.id);
      return isOfKind && (state === 'any' || runState(run) === state);
    };
    return emitList<Run>({
      emit,
      limit,
      pages: listRuns(client, jobId, { pageSize, ...call }),
      filter: keep,
      compare: (one, other) => one.displayOrder - other.displayOrder,
      describe: (run) => ({ runId: run.id }),
      ...(outcomes && { annotate: outcomes.annotate }),
      doubt: () =>
        outcomes?.doubt() ?? (doubted[0] === undefined ? null : oddEndText(doubted[0], doubted.length)),
      statusKey: 'runs',
    });
  },
});

/** Their ends are remembered, so that a run that begins anew with its old start is not told by how it ended before. */
async function* listRuns(
  client: RescaleClient,
  jobId: string,
  options: ListOptions,
): AsyncGenerator<Page<Run>, void, undefined> {
  for await (const page of client.listRuns(jobId, options)) {
    for (const run of page.rows) seeEnd(client, jobId, run);
    yield page;
  }
}

/** How runs ended: of several by their ids, of one as get-run says it. */
function outcomesOf(
  client: RescaleClient,
  jobId: string,
  options: CallOptions,
): Required<Pick<ListOutput<Run>, 'annotate' | 'doubt'>> {
  const read = outcomeReader(client, jobId, options);
  let oddStatus: string | null = null;
  const annotate = async (runs: Run[]): Promise<Annotations<Run>> => {
    const endings = await read(runs);
    for (const { unknownStatus } of endings.values()) oddStatus ??= unknownStatus;
    const over = [...endings].flatMap(([id, ending]) =>
      ending.outcome ? [[id, ending.outcome] as const] : [],
    );
    return {
      ofRows: { outcomes: Object.fromEntries(over) },
      ofRow(run) {
        const { state, outcome } = endings.get(run.id)!;
        return {
          state,
          outcome,
          summary: runSummary(jobId, run.id, run, state, outcome, endDoubt(run, client.platformNow())),
        };
      },
    };
  };
  return { annotate, doubt: () => (oddStatus === null ? null : unknownStatusText(oddStatus)) };
}
