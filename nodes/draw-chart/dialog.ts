import type { Dialog } from '../dialog/field';
import { checkbox, fold, number, rows, select, text, typed } from '../dialog/kinds';
import type { Label } from '../editor/label';

export const dialog = (): Dialog => ({
  fields: [
    select('kind', ['residuals', 'line', 'scatter', 'front', 'bars', 'parallel'], { icon: 'line-chart' }),
    typed('title', { icon: 'header', blank: true }),
    text('xColumn', '', {
      icon: 'arrows-h',
      when: ['kind', 'residuals', 'line', 'scatter', 'front', 'bars'],
    }),
    text('yColumns', '', { icon: 'arrows-v' }),
    text('split', '', { icon: 'code-fork', when: ['kind', 'residuals', 'line', 'scatter', 'parallel'] }),
    checkbox('logX', false, { when: ['kind', 'residuals', 'line', 'scatter', 'front'] }),
    checkbox('logY', false, { when: ['kind', 'line', 'scatter', 'front', 'bars'] }),
    rows(
      'marks',
      [
        { name: 'value', kind: 'number', fraction: true },
        { name: 'label', kind: 'text', blank: true },
      ],
      { icon: 'minus', when: ['kind', 'residuals', 'line', 'scatter', 'front', 'bars'] },
    ),
    select('format', ['svg', 'png'], { icon: 'picture-o' }),
    select('to', ['payload', 'attachments'], { icon: 'sign-out' }),
    fold([
      select('theme', ['light', 'dark'], { icon: 'adjust' }),
      number('width', 900, { icon: 'text-width', least: 200, most: 4000 }),
      number('height', 500, { icon: 'text-height', least: 150, most: 4000 }),
    ]),
  ],
  example: { payload: '<svg …>', headers: { 'content-type': 'image/svg+xml' } },
});

export function label(node: EditorNode): Label {
  return { key: String(node['kind']) };
}
