/** A straight line through evenly spaced values, by least squares. */
interface Line {
  /** Change from one value to the next. */
  readonly slope: number;
  /** Standard error of the slope. */
  readonly error: number;
  /** Where the line is at the last value. */
  readonly level: number;
  /** How much of the spread it explains, 0 to 1. */
  readonly fit: number;
}

export function fitLine(values: readonly number[]): Line {
  const count = values.length;
  const middle = (count - 1) / 2;
  let sum = 0;
  for (const value of values) sum += value;
  const mean = sum / count;
  let products = 0;
  let squares = 0;
  let total = 0;
  for (let place = 0; place < count; place += 1) {
    const rise = values[place]! - mean;
    products += (place - middle) * rise;
    squares += (place - middle) ** 2;
    total += rise * rise;
  }
  const slope = products / squares;
  const explained = slope * products;
  const error = Math.sqrt(Math.max(0, total - explained) / (count - 2) / squares);
  return { slope, error, level: mean + slope * middle, fit: total > 0 ? explained / total : 0 };
}
