/** By what an OpenFOAM log is known, and what it says in words. */
import type { Sign } from '../../profile';
import type { RemarkRule } from '../../remark-rules';

export const FOAM_SIGNS: readonly Sign[] = [
  { word: 'Solving for ', pattern: /Solving for [\w.:()-]+, Initial residual = /, points: 3 },
  { word: 'Exec ', pattern: /^Exec\s+: \S/, points: 3 },
  { word: 'F ield', pattern: /\/\s+F ield\s+\|/, points: 3 },
  { word: 'FOAM FATAL', pattern: /--> FOAM FATAL (?:IO )?ERROR/, points: 3 },
  { word: 'FOAM Warning', pattern: /--> FOAM Warning/, points: 3 },
  { word: 'continuity errors', pattern: /^time step continuity errors.*sum local = /, points: 3 },
  { word: 'ExecutionTime = ', pattern: /^\s*ExecutionTime = \S+ s\s+ClockTime = \S+ s/, points: 3 },
  { word: 'Courant Number mean: ', pattern: /Courant Number mean: \S+ max: \S+/, points: 3 },
  { word: 'Mean and max Courant Numbers', points: 3 },
  { word: 'SIMPLE solution converged', points: 3 },
  { word: 'PIMPLE: ', pattern: /^PIMPLE: [Ii]teration \d+/, points: 3 },
  { word: 'Foam::', pattern: /Foam::(?:error::printStack|sig(?:Fpe|Segv|Int|Quit)::sigHandler)/, points: 3 },
  { word: '# Solver information', points: 3 },
  { word: '# Force coefficients', points: 3 },
  { word: '# Residuals', points: 2 },
  { word: '# Probe', pattern: /^#\s+Probe\s+\d+ \(/, points: 3 },
  { word: '# Time', pattern: /^# Time\s*\t\s*\S/, points: 3 },
  { word: '# Time', pattern: /^# Time {6,}\S/, points: 1 },
];

export const FOAM_RULES: readonly RemarkRule[] = [
  {
    rule: 'simple-converged',
    kind: 'converged',
    word: 'solution converged in',
    pattern: /^\s*\S* ?solution converged in \d+ iterations/,
    reason: 'the solver says that its residuals met their limits',
  },
  {
    rule: 'criterion-reached',
    kind: 'converged',
    word: 'reached convergence criterion',
    reason: 'the solver says that its convergence criterion was met',
  },
  {
    rule: 'foam-fpe',
    kind: 'crashed',
    word: 'sigFpe::sigHandler',
    reason: 'a number left the range of numbers (floating point exception)',
  },
  {
    rule: 'foam-segv',
    kind: 'crashed',
    word: 'sigSegv::sigHandler',
    reason: 'the program reached for memory that is not its own (segmentation fault)',
  },
  {
    rule: 'foam-stack',
    kind: 'crashed',
    word: 'Foam::error::printStack',
    reason: 'the solver ended itself and printed where it stood',
  },
  {
    rule: 'foam-exiting',
    kind: 'crashed',
    word: 'FOAM ',
    pattern: /^(?:\[\d+\] )?\s*FOAM (?:parallel run )?(?:exiting|aborting)/,
    reason: 'the solver ended itself after a fatal error',
  },
  {
    rule: 'foam-interrupted',
    kind: 'killed',
    word: '::sigHandler',
    pattern: /sig(?:Int|Quit|Term)::sigHandler/,
    reason: 'the solver was interrupted from outside',
  },
];
