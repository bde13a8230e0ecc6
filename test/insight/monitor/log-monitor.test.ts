import 'should';
import { usualOptions } from '../../support/judge/usual-options';
import {
  createLogMonitor,
  isMonitorState,
  type MonitorOptions,
  type MonitorState,
} from '../../../src/insight/monitor/log-monitor';
import type { StepRow } from '../../../src/insight/monitor/kept-rows';
import type { Verdict } from '../../../src/insight/judge/judge';
import { nameTest } from '../../../src/insight/names/name-test';
import { NOW } from '../../support/judge/hand-made';
import { seededRandom } from '../../support/seeded-random';
import { foamLog } from '../../support/logs/foam-log';
import { cut } from '../../support/logs/read-log';

const options: MonitorOptions = { reader: { solver: 'auto' }, judge: usualOptions, series: null, keep: 500 };

interface Outcome {
  rows: StepRow[];
  verdicts: Verdict[];
  kept: StepRow[];
  finalVerdict: string;
}

/** With `stored`, a new monitor goes on after each piece from what the one before it left as JSON. */
function monitor(pieces: readonly string[], { stored = false, with: own = options } = {}): Outcome {
  let log = createLogMonitor(own);
  const [rows, verdicts]: [StepRow[], Verdict[]] = [[], []];
  for (const piece of pieces) {
    const read = log.read(piece, NOW);
    rows.push(...read.rows);
    verdicts.push(...read.verdicts);
    if (stored) log = createLogMonitor(own, JSON.parse(JSON.stringify(log.state())) as MonitorState);
  }
  const end = log.end(NOW);
  rows.push(...end.rows);
  verdicts.push(...end.verdicts);
  return { rows, verdicts, kept: log.allRows(), finalVerdict: end.finalVerdict };
}

const stalled = (field: string, step: number) =>
  Math.max(10 ** (-step / 40), 1e-3) * (field === 'p' ? 2 : 1) * (1 + 0.05 * Math.sin(step));
const logs: Record<string, string> = {
  'a run that stalls and then diverges': foamLog({
    steps: 700,
    residual: (field, step) => (step === 650 && field === 'Uy' ? 'nan' : stalled(field, step)),
  }),
  'a transient run after a steady one':
    foamLog({ steps: 300, application: 'simpleFoam' }) +
    foamLog({ steps: 300, application: 'pimpleFoam', transient: true }),
  'a run that crashes': foamLog({ steps: 50, end: '[1] #0  Foam::sigFpe::sigHandler(int)\n' }),
};

describe('a log that is monitored', () => {
  for (const [what, text] of Object.entries(logs)) {
    describe(what, () => {
      const whole = monitor([text]);

      it('gives the same however it is cut', () => {
        const random = seededRandom(11);
        for (const pieces of [3, 40, 400]) {
          monitor(
            cut(
              text,
              Array.from({ length: pieces }, () => Math.floor(random() * text.length)),
            ),
          ).should.eql(whole);
        }
      });

      it('gives the same when it goes on from JSON after each piece', () => {
        const random = seededRandom(12);
        monitor(
          cut(
            text,
            Array.from({ length: 40 }, () => Math.floor(random() * text.length)),
          ),
          { stored: true },
        ).should.eql(whole);
      });
    });
  }

  it('tells each verdict once, with the last word', () => {
    const { verdicts, finalVerdict, rows } = monitor([logs['a run that stalls and then diverges']!]);
    verdicts.map(({ verdict }) => verdict).should.eql(['stalled', 'diverging']);
    verdicts[1]!.should.have.properties({ step: 650, time: 650, rule: 'not-a-number' });
    finalVerdict.should.equal('diverging');
    rows.length.should.equal(700);
    rows[649]!.should.have.property('Uy', null);
    Object.keys(rows[0]!).should.eql(['step', 'time', 'Ux', 'Uy', 'p']);
  });

  it('gives the series that are asked for, and no others', () => {
    const { rows } = monitor([foamLog({ steps: 5, transient: true })], {
      with: { ...options, series: nameTest('p*, courant_max, !p_sweeps') },
    });
    Object.keys(rows[1]!).sort().should.eql(['courant_max', 'p', 'p_final', 'p_last', 'step', 'time']);
  });

  it('says where it stands', () => {
    const log = createLogMonitor(options);
    log.standing.should.eql({ solver: null, step: 0, time: null, progress: null, eta: null });
    log.read(foamLog({ steps: 5, time: (step) => String(step / 10), end: '' }), NOW);
    log.standing.should.have.properties({ solver: 'openfoam', step: 4, time: 0.4 });
  });

  it('has the trouble that is there still, and no other', () => {
    const log = createLogMonitor(options);
    const trouble = (text: string) => {
      log.read(text, NOW);
      return String(log.trouble);
    };
    trouble(foamLog({ steps: 600, end: '', residual: stalled })).should.equal('stalled');
    const falls = (_field: string, step: number) => 1e-3 * 10 ** (-step / 60);
    const more = foamLog({
      steps: 600,
      end: '',
      heading: false,
      residual: falls,
      time: (at) => `${at + 600}`,
    });
    trouble(more).should.equal('null');
    // The program has begun anew.
    trouble(foamLog({ steps: 30, end: '', residual: () => 'nan' })).should.equal('diverging');
    trouble(foamLog({ steps: 5, end: '' })).should.equal('null');
    trouble('[1] #0  Foam::sigFpe::sigHandler(int)\n').should.equal('crashed');
    const on = foamLog({ steps: 6, end: '', heading: false, time: (at) => String(at + 5) });
    trouble(on).should.equal('null');
  });

  it('is not gone on with from what is no state of this version', () => {
    const state = createLogMonitor(options).state();
    isMonitorState(JSON.parse(JSON.stringify(state))).should.be.true();
    for (const other of [
      null,
      {},
      'text',
      { ...state, version: 0 },
      { ...state, reader: { version: 0 } },
      { ...state, judge: null },
      { ...state, judge: { ...state.judge, told: undefined } },
    ]) {
      isMonitorState(other).should.be.false();
    }
  });

  it('takes less than a megabyte for 10,000 steps of eight fields', () => {
    const fields = ['Ux', 'Uy', 'Uz', 'p', 'k', 'omega', 'T', 'alpha.water'];
    const random = seededRandom(1);
    const log = createLogMonitor({ ...options, keep: 2000 });
    log.read(foamLog({ steps: 10_000, fields, residual: () => Number(random().toPrecision(6)) }), NOW);
    // What is stored is text, which takes more than the numbers in memory.
    JSON.stringify(log.state()).length.should.be.below(1_000_000);
  });
});
