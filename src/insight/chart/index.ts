/** Rows as pictures. Loaded at the first picture, and the libraries behind it with it. */
export { drawSvg } from './draw-chart';
export { rasterise } from './engine/pictures';
export { ChartProblem } from './model/problem';
