/** The colours of a picture. */
export interface Palette {
  background: string;
  text: string;
  /** Notes, axis lines. */
  muted: string;
  grid: string;
  /** Rows that are not what the picture is about. */
  faint: string;
  /** What it is about: the front, the best. */
  accent: string;
  best: string;
  series: readonly string[];
}

/**
 * After Okabe and Ito's palette, whose colours people with any kind of colour blindness tell apart. Its yellow can't be
 * seen on white, its black not on dark; there stand a brown and a grey.
 */
export const PALETTES: Record<'light' | 'dark', Palette> = {
  light: {
    background: '#ffffff',
    text: '#1f2933',
    muted: '#52606d',
    grid: '#e3e8ed',
    faint: '#9aa5b1',
    accent: '#0072b2',
    best: '#d55e00',
    series: ['#0072b2', '#d55e00', '#009e73', '#cc79a7', '#e69f00', '#56b4e9', '#4d4d4d', '#8c510a'],
  },
  dark: {
    background: '#17202a',
    text: '#e8edf2',
    muted: '#a9b4c0',
    grid: '#2c3947',
    faint: '#6b7a89',
    accent: '#56b4e9',
    best: '#f0a13a',
    series: ['#56b4e9', '#e8743b', '#2fc99b', '#e3a0c7', '#f0e442', '#7b9cff', '#d0d6dc', '#c99a5b'],
  },
};

export const DASHES = ['solid', [7, 4], [2, 3]] as const;

/** More series can't be told apart: eight colours, each solid, dashed and dotted. */
export const MOST_SERIES = 24;
