import type { LabelRule } from '../model/labels';
import type { Palette } from '../model/palette';
import type { Mark } from '../model/request';
import { abbreviated, cleanText, FONTS_DIFFER, ellipsized, textWidth } from '../model/text';

/** The decades around positive numbers; one wide at least. */
function decadesAround(least: number, most: number): [number, number] {
  const from = Math.floor(Math.log10(least) + 1e-9);
  const to = Math.max(Math.ceil(Math.log10(most) - 1e-9), from + 1);
  return [Number(`1e${from}`), Number(`1e${to}`)];
}

/** A span that reaches to the marks too; without numbers there is none. */
export function spanOf([least, most]: readonly [number, number], marks: readonly Mark[]): [number, number] {
  const values = marks.map(({ value }) => value);
  return Number.isNaN(least) ? [NaN, NaN] : [Math.min(least, ...values), Math.max(most, ...values)];
}

/** Pixels. */
const NAME = 13;

/** The name of an axis in its middle, as long as the axis at most. */
export function axisName(name: string, side: 'below' | 'left', pixels: number) {
  return {
    name: ellipsized(cleanText(name), NAME, pixels),
    nameLocation: 'middle' as const,
    ...(side === 'below' ? { nameGap: 26 } : { nameRotate: 90, nameGap: 52 }),
  };
}

/** What all axes have in common. */
export function axisStyle(palette: Palette) {
  return {
    nameTextStyle: { color: palette.text, fontSize: NAME },
    // At the edge, where its numbers are, and not through the middle of points.
    axisLine: { show: true, onZero: false, lineStyle: { color: palette.muted } },
    axisTick: { show: true, lineStyle: { color: palette.muted } },
    axisLabel: { color: palette.text, fontSize: 12, hideOverlap: true },
    splitLine: { show: true, lineStyle: { color: palette.grid } },
  };
}

/** An axis of numbers over the given span; NaN for a span without any. */
export function numberAxis(palette: Palette, span: readonly [number, number], log: boolean) {
  const style = axisStyle(palette);
  const known = !Number.isNaN(span[0]);
  if (!log) {
    return {
      ...style,
      type: 'value' as const,
      scale: true,
      axisLabel: { ...style.axisLabel, formatter: { rule: 'number' } satisfies LabelRule },
      // A line that never changes lies in the middle of a span of its own.
      ...(known && span[0] === span[1] && around(span[0])),
    };
  }
  const [min, max] = known ? decadesAround(...span) : [0.1, 1];
  return {
    ...style,
    type: 'log' as const,
    logBase: 10,
    min,
    max,
    axisLabel: { ...style.axisLabel, formatter: { rule: 'decade' } satisfies LabelRule },
    minorTick: { show: max / min <= 1e6, splitNumber: 9, lineStyle: { color: palette.muted } },
  };
}

/** A span around one number whose ends are as short as its tenth: 4.5 to 5.6 around 5.0012. */
function around(value: number): { min: number; max: number } {
  const half = Math.abs(value) / 10 || 1;
  const step = 10 ** Math.floor(Math.log10(half));
  const rounded = (end: number) => Number((end * step).toPrecision(12));
  return { min: rounded(Math.floor((value - half) / step)), max: rounded(Math.ceil((value + half) / step)) };
}

/** Where a value lies on an axis of so many pixels, counted from its lower end. */
export function pixelsAlong([least, most]: readonly [number, number], log: boolean, pixels: number) {
  const along = (value: number) => (log ? Math.log10(value) : value);
  return (value: number): number =>
    ((along(value) - along(least)) / (along(most) - along(least) || 1)) * pixels;
}

/** Pixels. */
const LABEL = { size: 12, line: 13, most: 140, short: 40 };

/** An axis of names. Where they would touch each other they stand upright, and short ones are left out in between. */
export function categoryAxis(
  palette: Palette,
  texts: readonly string[],
  { width, height }: { width: number; height: number },
) {
  const style = axisStyle(palette);
  const room = width / Math.max(1, texts.length);
  const most = Math.min(LABEL.most, height * 0.4);
  const data = texts.map((text) => abbreviated(cleanText(text), LABEL.size, most));
  const widths = data.map((text) => textWidth(text, LABEL.size) * FONTS_DIFFER.plain);
  const widest = widths.reduce((found, width) => Math.max(found, width), 0);
  const fits = widest + 6 <= room;
  const upright = !fits && widest > LABEL.short;
  return {
    ...style,
    type: 'category' as const,
    data,
    axisLabel: {
      ...style.axisLabel,
      ...(upright && { rotate: 90 }),
      ...((fits || (upright && room >= LABEL.line)) && { interval: 0, hideOverlap: false }),
    },
    splitLine: { show: false },
    ...(upright && { nameGap: widest + 16 }),
  };
}
