import { nameTest } from '../../src/insight/names/name-test';
import type { Goal } from '../../src/insight/table/goals';
import type { Column } from '../../src/insight/table/table';
import { choiceField, numberField, tickField } from '../../src/runtime/fields/fields';
import { listField, plainTextField, textOf } from '../../src/runtime/fields/list-field';
import { defineLocalNode } from '../../src/runtime/node/define-node';
import { rowsStatus, withRows } from '../../src/runtime/results/message-rows';
import { refuseOpposingGoals, tabulate } from '../../src/runtime/results/tabulate';

/** Runs as a table: one row a run, variables as columns, and what they tell. */
export = defineLocalNode({
  type: 'rescale-tabulate-runs',
  busy: 'tabulating',
  fields: {
    columns: listField(({ name, title }): Column | null => {
      const column = textOf(name);
      return column === null ? null : { name: column, title: textOf(title) ?? '' };
    }, 'expected-columns'),
    goals: listField(({ name, goal = 'min' }): Goal | null => {
      const column = textOf(name);
      return column === null || (goal !== 'min' && goal !== 'max') ? null : { name: column, goal };
    }, 'expected-goals'),
    include: choiceField(['all', 'succeeded', 'completed'], 'all'),
    sort: plainTextField(),
    descending: tickField(false),
    limit: numberField(0, { least: 0, whole: true }),
    format: choiceField(['rows', 'csv', 'html', 'markdown'], 'rows'),
    correlate: choiceField(['off', 'pearson', 'spearman'], 'off'),
    inputColumns: plainTextField('inputs'),
  },
  setup(host) {
    return {
      async input({ fields, message, translate }) {
        const request = { ...fields, isInput: nameTest(fields.inputColumns) };
        refuseOpposingGoals(fields.goals);
        const { made, odd } = await withRows(message, (rows) =>
          tabulate(rows, request, fields.format, translate),
        );
        const { table, payload } = made;
        const { rows: count, leftOut, missing, goalsWithoutNumbers } = table.facts;
        // A column that nobody has is most often a slip of the pen, and a goal that is never reached looks like a result.
        const wrong =
          missing.length > 0
            ? ({ key: 'rows-missing', values: { column: missing.join(', ') } } as const)
            : goalsWithoutNumbers.length > 0
              ? ({ key: 'goal-without-numbers', values: { column: goalsWithoutNumbers.join(', ') } } as const)
              : null;
        host.trouble(wrong);
        const status = rowsStatus(count, leftOut, odd);
        return { payload, rescale: { table: { ...table.facts, leftOut: leftOut + odd } }, status };
      },
    };
  },
});
