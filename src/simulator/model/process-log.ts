import { isoSeconds } from '../content/dates';

/**
 * A line of process_output.log, in the form that the platform's clients parse (docs/platform.md, "Files").
 * @param date as the platform tells it, ms since the epoch
 */
export function processLine(date: number, text: string): string {
  return `[${isoSeconds(date)}]: ${text}\n`;
}

/** Each line of a text that ends with one, stamped. */
export function processLines(date: number, text: string): string {
  const stamp = `[${isoSeconds(date)}]: `;
  return `${stamp}${text.replace(/\n$/, '').replaceAll('\n', `\n${stamp}`)}\n`;
}

export function openingLines(start: number, jobId: string, command: string): string {
  return (
    processLine(start, 'Found 16 cores on 1 node') +
    processLine(start, `Launching ${command}, Working dir: /enc/uprod_${jobId}/work/shared`)
  );
}
