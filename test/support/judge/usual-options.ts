import { verdictNames, type JudgeOptions } from '../../../src/insight/judge/reading/options';

/** What the dialog of monitor run holds before anybody has changed it. */
export const usualOptions: JudgeOptions = {
  verdicts: new Set(verdictNames),
  warmUp: 20,
  tolerance: null,
  fields: null,
  hold: 10,
  monitor: null,
  monitorTolerance: 0.02,
  window: 100,
  kind: 'auto',
  limits: [],
  confirm: 3,
};
