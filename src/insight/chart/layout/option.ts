import { FONT, type Frame } from './frame';
import type { LabelRule } from '../model/labels';
import type { Palette } from '../model/palette';
import type { Mark } from '../model/request';
import { cleanText, ellipsized } from '../model/text';

/** What the engine draws, as plain data: it goes to another thread. Texts of numbers are rules (`LabelRule`). */
export type Option = object;

/** Keeps the engine from drawing what only a pointer shows. */
export const NOT_INTERACTIVE = { silent: true, animation: false, emphasis: { disabled: true } } as const;

/** What all pictures have in common, and what one kind adds. */
export function optionOf(palette: Palette, frame: Frame, parts: object): Option {
  return {
    animation: false,
    useUTC: true,
    backgroundColor: palette.background,
    color: [...palette.series],
    textStyle: { fontFamily: FONT, color: palette.text },
    title: frame.options.title,
    legend: frame.options.legend,
    ...parts,
  };
}

/** A picture that says in one sentence that there is nothing to draw. */
export function emptyOption(palette: Palette, frame: Frame, sentence: string): Option {
  const told = {
    text: sentence,
    left: 'center',
    top: 'middle',
    textStyle: { color: palette.muted, fontSize: 15, fontWeight: 400 },
  };
  return optionOf(palette, frame, { title: [...frame.options.title, told], legend: [] });
}

/**
 * Lines across the plot. They stand on a series of their own that nothing is seen of, so that the axis reaches to them.
 *
 * @param place a place on the axis across that is in the picture
 * @param pixelsOf how high a value lies
 */
export function markSeries(
  palette: Palette,
  marks: readonly Mark[],
  place: number,
  pixelsOf: (value: number) => number,
): object[] {
  if (marks.length === 0) return [];
  const positions = labelPositions(marks, pixelsOf);
  return [
    {
      ...NOT_INTERACTIVE,
      type: 'line',
      data: marks.map(({ value }) => [place, value]),
      symbol: 'none',
      lineStyle: { opacity: 0 },
      markLine: {
        silent: true,
        animation: false,
        symbol: 'none',
        // By itself the library rounds the value to a hundredth.
        precision: -1,
        lineStyle: { color: palette.muted, type: [6, 4], width: 1.5 },
        label: {
          color: palette.text,
          fontSize: 12,
          // Readable where lines run below it.
          backgroundColor: palette.background,
          padding: [1, 3],
        },
        data: marks.map(({ value, label }, index) => ({
          yAxis: value,
          // A text would be read as a template.
          label: {
            position: positions[index],
            formatter: { rule: 'text', text: ellipsized(cleanText(label), 12, 260) } satisfies LabelRule,
          },
        })),
      },
    },
  ];
}

/** Where the labels of lines stand that are nearer to each other than a label is high, from the highest line down. */
const POSITIONS = ['insideEndTop', 'insideEndBottom', 'insideStartTop', 'insideStartBottom'] as const;
const LABEL_HEIGHT = 18;

function labelPositions(marks: readonly Mark[], pixelsOf: (value: number) => number): string[] {
  const found: string[] = [];
  const down = marks.map((_, index) => index).sort((one, other) => marks[other]!.value - marks[one]!.value);
  let [before, place] = [Infinity, 0];
  for (const index of down) {
    const height = pixelsOf(marks[index]!.value);
    place = before - height < LABEL_HEIGHT ? place + 1 : 0;
    before = height;
    found[index] = POSITIONS[place % POSITIONS.length]!;
  }
  return found;
}
