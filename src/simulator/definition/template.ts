import type { VariableScript } from '../scripts/job-script';

/** `${x}`, or with a format `${x?string("0.00")}` (docs/platform.md, "Sweeps"). */
const PLACEHOLDER = /\$\{\s*([A-Za-z_]\w*)\s*(?:\?string\(\s*["']([^"']*)["']\s*\)\s*)?\}/g;

/** The template with the run's values; what has none stays as it is. */
export function fillTemplate(template: string, variables: VariableScript[]): string {
  const values = new Map(variables.map((each) => [each.name, each]));
  return template.replace(PLACEHOLDER, (whole, name: string, format: string | undefined) => {
    const found = values.get(name);
    if (!found) return whole;
    const { value, displayValue } = found;
    return typeof value === 'number' && format !== undefined
      ? formatted(value, format)
      : (displayValue ?? String(value));
  });
}

/** Zeros after the point are decimals that are always written, `#` those that are not. */
function formatted(value: number, format: string): string {
  const decimals = format.split('.')[1] ?? '';
  const least = /^0*/.exec(decimals)![0].length;
  const text = value.toFixed(Math.min(decimals.length, 20));
  if (least === decimals.length) return text;
  return text.replace(new RegExp(`(\\.\\d{${least}}\\d*?)0+$`), '$1').replace(/\.$/, '');
}
