/** By what an Abaqus file is known, and what it says in words. */
import type { Sign } from '../profile';
import type { RemarkRule } from '../remark-rules';

/** CalculiX heads its status file with "SUMMARY OF JOB INFORMATION" too, so that alone is not enough. */
export const ABAQUS_SIGNS: readonly Sign[] = [
  { word: 'SUMMARY OF JOB INFORMATION', points: 1 },
  { word: 'SEVERE EQUIL', pattern: /^\s*STEP\s+INC\s+ATT\s+SEVERE\s+EQUIL/, points: 3 },
  { word: 'STABLE', pattern: /\bSTABLE\s+CRITICAL\s+KINETIC/, points: 3 },
  {
    word: 'baqus',
    pattern: /^\s*Abaqus(?:\/(?:Standard|Explicit))?(?: Student Edition| Learning Edition)? (?:\d{4}|6\.\d+)/,
    points: 3,
  },
  {
    word: 'baqus',
    pattern: /^\s*Abaqus (?:JOB|Error:)|Abaqus\/(?:Analysis|CAE|Standard|Explicit)\b/,
    points: 3,
  },
  { word: 'Analysis initiated from SIMULIA', points: 3 },
  { word: 'ATTEMPT NUMBER', pattern: /^\s*INCREMENT\s+\d+ STARTS\. ATTEMPT NUMBER/, points: 3 },
  {
    word: 'CONVERGENCE CHECKS FOR',
    pattern: /CONVERGENCE CHECKS FOR (?:EQUILIBRIUM|SEVERE DISCONTINUITY) ITERATION/,
    points: 3,
  },
];

export const ABAQUS_RULES: readonly RemarkRule[] = [
  {
    rule: 'abaqus-completed',
    kind: 'completed',
    word: 'THE ANALYSIS HAS',
    pattern: /THE ANALYSIS HAS (?:COMPLETED SUCCESSFULLY|BEEN COMPLETED)/,
    reason: 'the analysis was computed to its end',
  },
  {
    rule: 'abaqus-job-completed',
    kind: 'completed',
    word: 'COMPLETED',
    pattern: /^\s*Abaqus JOB \S+ COMPLETED/,
    reason: 'the analysis was computed to its end',
  },
  {
    rule: 'abaqus-not-completed',
    kind: 'crashed',
    word: 'THE ANALYSIS HAS NOT BEEN COMPLETED',
    reason: 'the analysis ended before its end',
  },
  {
    rule: 'abaqus-too-many-attempts',
    kind: 'crashed',
    word: 'TOO MANY ATTEMPTS MADE FOR THIS INCREMENT',
    reason: 'an increment found no balance in all the attempts that are allowed',
  },
  {
    rule: 'abaqus-smallest-increment',
    kind: 'crashed',
    word: 'LESS THAN THE MINIMUM',
    pattern: /TIME INCREMENT REQUIRED IS LESS THAN THE MINIMUM/,
    reason: 'the increment would have to be smaller than the smallest allowed',
  },
  {
    rule: 'abaqus-distorted',
    kind: 'crashed',
    word: 'EXCESSIVE',
    pattern: /\*\*\*ERROR: (?:EXCESSIVE(?:LY)? DISTORT|.*EXCESSIVE DISTORTION)/,
    reason: 'elements were distorted beyond use',
  },
  {
    rule: 'abaqus-terminated',
    kind: 'crashed',
    word: 'THE ANALYSIS HAS BEEN TERMINATED',
    reason: 'the analysis ended because of errors before',
  },
  {
    rule: 'abaqus-exited',
    kind: 'crashed',
    word: 'exited with',
    pattern: /Abaqus\/\S+.* exited with (?:an )?errors?|^\s*Abaqus Error: .*exited with/,
    reason: 'the analysis ended with errors',
  },
  {
    rule: 'abaqus-error',
    kind: 'crashed',
    word: 'Abaqus Error:',
    reason: 'Abaqus ended with an error',
  },
];
