import { isRecord } from '../../src/api/endpoints/rows';
import { CHART_KINDS, type Mark } from '../../src/insight/chart/model/request';
import { nameTest } from '../../src/insight/names/name-test';
import { choiceField, numberField, optionalField, text, tickField } from '../../src/runtime/fields/fields';
import { listField, plainTextField, textOf } from '../../src/runtime/fields/list-field';
import { defineLocalNode } from '../../src/runtime/node/define-node';
import { renderChart } from '../../src/runtime/results/render-chart';
import { rowsStatus, withRows } from '../../src/runtime/results/message-rows';
import { pictureHeaders, withAttachment } from '../../src/runtime/results/pictures';

const CONTENT_TYPES = { svg: 'image/svg+xml', png: 'image/png' } as const;

/** The columns that an earlier table had goals for. */
function goalsOf(rescale: unknown): string[] {
  const table = isRecord(rescale) ? rescale.table : undefined;
  return isRecord(table) && isRecord(table.best) ? Object.keys(table.best) : [];
}

/** A picture of rows. */
export = defineLocalNode({
  type: 'rescale-draw-chart',
  busy: 'drawing',
  fields: {
    kind: choiceField(CHART_KINDS, 'residuals'),
    xColumn: plainTextField('x'),
    yColumns: plainTextField('y'),
    split: plainTextField(),
    logX: tickField(false),
    logY: tickField(false),
    title: optionalField({ value: '', type: 'str' }, text, ''),
    marks: listField(({ value, label }): Mark | null => {
      const written = textOf(value);
      const figure = written === null ? NaN : Number(written);
      return Number.isFinite(figure) ? { value: figure, label: textOf(label) ?? String(figure) } : null;
    }, 'expected-marks'),
    width: numberField(900, { least: 200, most: 4000, whole: true }),
    height: numberField(500, { least: 150, most: 4000, whole: true }),
    theme: choiceField(['light', 'dark'], 'light'),
    format: choiceField(['svg', 'png'], 'svg'),
    to: choiceField(['payload', 'attachments'], 'payload'),
  },
  async input({ fields, message, translate }) {
    const { format, to, xColumn: x, yColumns, ...request } = fields;
    const asked = { ...request, x, isY: nameTest(yColumns), goals: goalsOf(message.rescale) };
    const { made, odd } = await withRows(message, async (rows) => ({
      picture: await renderChart(rows, asked, format, translate),
      count: rows.length,
    }));
    const { picture, count } = made;
    const contentType = CONTENT_TYPES[format];
    const status = rowsStatus(count, 0, odd);
    if (to === 'payload') {
      return { payload: picture, set: { headers: pictureHeaders(message, contentType) }, status };
    }
    const attachment = { content: picture, extension: format, contentType };
    return { set: { attachments: withAttachment(message, fields.kind, attachment) }, status };
  },
});
