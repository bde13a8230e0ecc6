/** By what files of Ansys Mechanical are known, and what they say in words. */
import type { Sign } from '../profile';
import type { RemarkRule } from '../remark-rules';

export const ANSYS_SIGNS: readonly Sign[] = [
  { word: '<LOADSTEPDATA>', points: 3 },
  { word: '<COLUMN ID=', pattern: /<COLUMN ID="\s*\d+\s*">/, points: 2 },
  { word: 'SOLUTION HISTORY INFORMATION FOR JOB', points: 3 },
  { word: 'CONVERGENCE VALUE', pattern: /\b[A-Z]+ CONVERGENCE VALUE\s*=\s*\S+\s+CRITERION/, points: 3 },
  { word: 'EQUIL ITER', pattern: /EQUIL ITER\s+\d+ COMPLETED/, points: 3 },
  { word: '*** LOAD STEP', pattern: /\*\*\* LOAD STEP\s+\d+\s+SUBSTEP\s+\d+/, points: 3 },
  {
    word: 'ANSYS',
    pattern: /ANSYS (?:Mechanical|MAPDL|RELEASE \d|MULTIPHYSICS|Academic|Structural)|M\s*A\s*P\s*D\s*L/,
    points: 2,
  },
  { word: 'Mechanical APDL', points: 3 },
  { word: 'ROUTINE COMPLETED', pattern: /\*{5} ROUTINE COMPLETED \*{5}\s+CP =/, points: 3 },
  { word: 'A N S Y S', pattern: /W E L C O M E\s+T O\s+T H E\s+A N S Y S/, points: 3 },
  { word: 'S T A T I S T I C S', pattern: /M A P D L\s+S T A T I S T I C S/, points: 3 },
  { word: '*** ERROR ***', pattern: /\*\*\* (?:ERROR|WARNING|NOTE) \*\*\*\s+CP =\s*\S+\s+TIME=/, points: 3 },
  { word: '*** WARNING ***', pattern: /\*\*\* WARNING \*\*\*\s+CP =\s*\S+\s+TIME=/, points: 3 },
];

export const ANSYS_RULES: readonly RemarkRule[] = [
  {
    // "ROUTINE COMPLETED" alone ends each phase, the making of the mesh too.
    rule: 'ansys-solution-finished',
    kind: 'completed',
    word: 'FINISH SOLUTION PROCESSING',
    reason: 'the solution phase was left as it should be',
  },
  {
    rule: 'ansys-run-completed',
    kind: 'completed',
    word: 'RUN COMPLETED',
    pattern: /ANSYS\S* (?:MECHANICAL \S+ )?RUN COMPLETED|MAPDL RUN COMPLETED/i,
    reason: 'the run ended by itself',
  },
  {
    rule: 'ansys-not-converged',
    kind: 'crashed',
    word: 'olution not converged',
    pattern: /Solution not converged at time/,
    reason: 'a sub-step found no balance in all the iterations and bisections that are allowed',
  },
  {
    rule: 'ansys-magnitude',
    kind: 'diverging',
    word: 'magnitude limit was exceeded',
    reason: 'the solution grew beyond bounds: a part may be free to move',
  },
  {
    rule: 'ansys-limit',
    kind: 'diverging',
    word: 'greater than the current',
    // The sentence is broken where a line is full.
    pattern: /greater than the current(?: limit of \d|(?: limit(?: of)?)?\s*$)/,
    reason: 'the solution grew beyond bounds: a part may be free to move',
  },
  {
    rule: 'ansys-distorted',
    kind: 'diverging',
    word: 'highly distorted',
    pattern: /elements? (?:have|has) become highly distorted/i,
    reason: 'elements were distorted beyond use',
  },
  {
    rule: 'ansys-terminated',
    kind: 'crashed',
    word: 'un terminated',
    pattern: /\bRun terminated\b/,
    reason: 'the solver ended the run because of an error',
  },
  {
    rule: 'ansys-error-exit',
    kind: 'crashed',
    word: 'has been terminated',
    pattern: /\bThis (?:run|solution|job) has been terminated/i,
    reason: 'the solver ended the run because of an error',
  },
];
