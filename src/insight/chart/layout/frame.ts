import type { ChartRequest } from '../model/request';
import type { Palette } from '../model/palette';
import { abbreviated, cleanText, FONTS_DIFFER, textWidth, wrapped } from '../model/text';

/** Pixels. */
const MARGIN = 16;
const TITLE = { size: 17, line: 24 };
const LEGEND = { size: 12, line: 22, icon: 22, gap: 14, space: 5 };
const NOTE = { size: 11, line: 16 };

export const FONT = "'Noto Sans', 'Segoe UI', 'Helvetica Neue', Arial, sans-serif";

/** Everything around the plot: title, legend below it, notes at the bottom, and the room that is left. */
export interface Frame {
  options: {
    title: object[];
    legend: object[];
    grid: object;
  };
  /** The room of the plot with its axes. */
  room: { left: number; right: number; top: number; bottom: number };
  /** About as large as the plot will be without its axes. */
  pixels: { width: number; height: number };
}

/**
 * @param names of the series as the legend shows them; none = no legend
 * @param notes sentences below the plot
 */
export function frameOf(
  request: Pick<ChartRequest, 'title' | 'width' | 'height'>,
  palette: Palette,
  names: readonly string[],
  notes: readonly string[],
): Frame {
  const inner = request.width - 2 * MARGIN;
  const title = cleanText(request.title).trim();
  const titleLines = title === '' ? [] : wrapped(title, TITLE.size, inner / FONTS_DIFFER.bold, 2, true);
  const legendTop = MARGIN - 4 + titleLines.length * TITLE.line + (titleLines.length > 0 ? 4 : 0);
  const rows = legendRows(names, inner);
  const mostRows = Math.max(1, Math.floor((request.height * 0.3) / LEGEND.line));
  const listed = rows.slice(0, mostRows);
  const legendHeight = listed.length * LEGEND.line;
  const lines = notes.flatMap((note) => wrapped(note, NOTE.size, inner / FONTS_DIFFER.plain, 2));
  const notesHeight = lines.length * NOTE.line;

  const room = {
    left: MARGIN,
    right: MARGIN,
    top: legendTop + legendHeight + 10,
    bottom: MARGIN - 6 + notesHeight,
  };
  return {
    room,
    pixels: {
      width: Math.max(50, inner - 70),
      height: Math.max(50, request.height - room.top - room.bottom - 50),
    },
    options: {
      title: [
        textAt(titleLines, { left: MARGIN - 5, top: MARGIN - 9 }, TITLE, palette.text, 700),
        textAt(lines, { left: MARGIN - 5, bottom: 4 }, NOTE, palette.muted, 400),
      ],
      // One for each row: where the engine breaks rows by itself there may be more of them than there is room for.
      legend: listed.map((row, index) => ({
        data: row,
        left: MARGIN,
        top: legendTop + index * LEGEND.line,
        width: 2 * request.width,
        padding: 0,
        itemWidth: LEGEND.icon,
        itemHeight: 10,
        itemGap: LEGEND.gap,
        selectedMode: false,
        textStyle: { color: palette.text, fontSize: LEGEND.size, lineHeight: LEGEND.line - 4 },
        inactiveColor: palette.muted,
      })),
      grid: { ...room, outerBoundsMode: 'same', outerBoundsContain: 'all' },
    },
  };
}

function textAt(
  lines: readonly string[],
  place: object,
  font: { size: number; line: number },
  color: string,
  fontWeight: number,
): object {
  return {
    show: lines.length > 0,
    text: lines.join('\n'),
    ...place,
    textStyle: { color, fontSize: font.size, lineHeight: font.line, fontWeight },
  };
}

/** The names as they fill rows. */
function legendRows(names: readonly string[], inner: number): string[][] {
  const rows: string[][] = [];
  let used = Infinity;
  for (const name of names) {
    // A little more than it takes: fonts differ.
    const width = LEGEND.icon + LEGEND.space + textWidth(name, LEGEND.size) + 4;
    if (used + LEGEND.gap + width > inner) {
      rows.push([]);
      used = 0;
    }
    rows[rows.length - 1]!.push(name);
    used += (used > 0 ? LEGEND.gap : 0) + width;
  }
  return rows;
}

/** Names of series, short enough for the legend, and each of them once: the engine knows series by their names. */
export function legendNames(names: readonly string[], width: number): string[] {
  const taken = new Set<string>();
  return names.map((name) => {
    const short = abbreviated(cleanText(name).trim() || '–', LEGEND.size, Math.min(260, width / 2));
    let unique = short;
    // The engine keeps what it knows of a series on a plain object: a sign without width makes it no name of that object's own.
    if (short in Object.prototype) unique = `${short}\u200b`;
    for (let number = 2; taken.has(unique); number++) unique = `${short} (${number})`;
    taken.add(unique);
    return unique;
  });
}
