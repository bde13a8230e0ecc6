/**
 * `npm run results -- --times 10`: so many sweeps of the simulator, side by side, each watched, listed and downloaded by a
 * flow; `--speed 60` is how fast the clock of the simulators runs. Ends with 1 when a file of any run is missing.
 */
import { parseArgs } from 'node:util';
import { fetchSweeps } from './complete-results';

const { values } = parseArgs({
  options: { times: { type: 'string', default: '10' }, speed: { type: 'string', default: '60' } },
});

async function main(): Promise<void> {
  const verdicts = await fetchSweeps(Number(values.times), Number(values.speed));
  for (const [index, { runs, listed, fetched, missing, errors }] of verdicts.entries()) {
    console.log(`${index + 1}: ${fetched} of ${listed} files of ${runs} runs`);
    for (const line of [...missing, ...errors]) console.log(`   ${line}`);
  }
  const whole = verdicts.filter(({ missing, errors }) => missing.length + errors.length === 0).length;
  console.log(`${whole} of ${verdicts.length} times everything was there`);
  process.exitCode = whole === verdicts.length ? 0 : 1;
}

main().then(
  () => process.exit(),
  (error: unknown) => {
    console.error(error);
    process.exit(1);
  },
);
