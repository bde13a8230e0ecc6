/** By what Nastran's files are known, and what they say in words. */
import type { Sign } from '../profile';
import type { RemarkRule } from '../remark-rules';

export const NASTRAN_SIGNS: readonly Sign[] = [
  {
    word: 'astran',
    pattern: /^\s*(?:(?:MSC|NX|Simcenter|Autodesk|MSC\.|NEi) ?Nastran|Nastran BUFF)/i,
    points: 3,
  },
  {
    word: 'NASTRAN',
    pattern: /\b(?:MSC|NX|SIMCENTER|MSC\.) ?NASTRAN\b.*\bPAGE\b|\*\s*(?:M S C|N X)\s+N a s t r a n/i,
    points: 3,
  },
  { word: 'N A S T R A N', points: 3 },
  { word: 'Nastran', pattern: /\* \*\s+.*\b(?:MSC|NX|Simcenter) Nastran\b/, points: 3 },
  {
    word: 'USER INFORMATION MESSAGE',
    pattern: /\*\*\* (?:USER|SYSTEM) (?:INFORMATION|WARNING) MESSAGE \d+/,
    points: 3,
  },
  { word: 'FATAL MESSAGE', pattern: /\*\*\* (?:USER|SYSTEM) FATAL MESSAGE \d+/, points: 3 },
  { word: 'N A S T R A N    E X E C U T I V E', points: 3 },
  { word: 'C A S E    C O N T R O L', pattern: /C A S E\s+C O N T R O L\s+(?:D E C K|E C H O)/, points: 3 },
  { word: 'SUB_DMAP/DMAP', points: 3 },
];

export const NASTRAN_RULES: readonly RemarkRule[] = [
  {
    rule: 'nastran-hard-convergence',
    kind: 'converged',
    word: 'CONVERGENCE TO AN OPTIMUM',
    pattern: /RUN TERMINATED DUE TO (?:HARD|SOFT) CONVERGENCE TO AN OPTIMUM/,
    reason: 'the design converged',
  },
  {
    rule: 'nastran-cycles-used',
    kind: 'not-converged',
    word: 'MAXIMUM NUMBER OF DESIGN CYCLES',
    reason: 'the optimisation used all its design cycles',
  },
  {
    rule: 'nastran-end',
    kind: 'completed',
    word: 'END OF JOB',
    pattern: /\* \* \* END OF JOB \* \* \*/,
    reason: 'the job ran to its end',
  },
  {
    rule: 'nastran-analysis-complete',
    kind: 'completed',
    word: 'Analysis complete',
    pattern: /^\s*\d\d:\d\d:\d\d\s+Analysis complete\s+0\s*$/,
    reason: 'the job ran to its end without an error',
  },
  {
    rule: 'nastran-analysis-failed',
    kind: 'crashed',
    word: 'Analysis complete',
    pattern: /^\s*\d\d:\d\d:\d\d\s+Analysis complete\s+[1-9]\d*\s*$/,
    reason: 'the job ended with an error',
  },
  {
    rule: 'nastran-fatal',
    kind: 'crashed',
    word: 'FATAL MESSAGE',
    pattern: /\*\*\* (?:USER|SYSTEM) FATAL MESSAGE/,
    reason: 'the solver met a fatal error',
  },
  {
    rule: 'nastran-fatal-exit',
    kind: 'crashed',
    word: 'FATAL ERROR',
    pattern: /^\s*(?:NASTRAN|JOB) .*TERMINATED.*FATAL ERROR|RUN TERMINATED DUE TO .*FATAL/,
    reason: 'the solver ended with a fatal error',
  },
];
