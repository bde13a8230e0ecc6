/** What any log can say in words, whatever solver writes it: signals, the queue's and MPI's last words, licences. */
import type { LogRemark } from './log-step';

export interface RemarkRule {
  readonly rule: string;
  readonly kind: LogRemark['kind'];
  /** A text that has to stand in the line; cheap to look for. */
  readonly word: string;
  /** What else has to hold; without it the word is enough. */
  readonly pattern?: RegExp;
  readonly reason: string;
}

/**
 * "Floating point exception" alone is in none of them: OpenFOAM prints "trapFpe: Floating point exception trapping
 * enabled" in its heading. The shell's own report has "(core dumped)" behind or a process number before it.
 */
export const GENERAL_RULES: readonly RemarkRule[] = [
  {
    rule: 'licence-flexnet',
    kind: 'licence',
    word: 'FlexNet Licensing error',
    reason: 'the licence server refused: FlexNet gave no licence',
  },
  {
    rule: 'licence-flexlm',
    kind: 'licence',
    word: 'FLEXlm error',
    reason: 'the licence server refused: FLEXlm gave no licence',
  },
  {
    rule: 'licence-users',
    kind: 'licence',
    word: 'Licensed number of users already reached',
    reason: 'all licences are in use; a later try may get one',
  },
  {
    rule: 'licence-checkout',
    kind: 'licence',
    word: 'icense',
    // Many wait for one, or ask the next server: those go on.
    pattern:
      /^(?!.*\b(?:re-?try|try again|wait(?:ing|s)?|queued?|next server)\b).*(?:\b(?:could not|cannot|can't|unable to|failed to|failure to) (?:obtain|get|check ?out|acquire|find|connect to)\b.{0,60}\blicen[sc]e|\blicen[sc]e (?:check-?out|request|checkout request) (?:has )?failed|\bno licen[sc]es? (?:is |are )?available|Unexpected license problem|\blicen[sc]e error: ?-\d)/i,
    reason: 'no licence could be had',
  },
  {
    rule: 'licence-ansys',
    kind: 'licence',
    word: 'LICENSE MANAGER ERROR',
    reason: 'the Ansys licence manager refused the request',
  },
  {
    rule: 'segmentation-fault',
    kind: 'crashed',
    word: 'egmentation',
    // A heading may say that such a signal will be caught.
    pattern: /^(?!.*\b(?:enabl|install|handler|trapping)).*\bsegmentation (?:fault|violation)\b/i,
    reason: 'the program reached for memory that is not its own (segmentation fault)',
  },
  {
    rule: 'floating-point-signal',
    kind: 'crashed',
    word: 'loating point exception',
    pattern:
      /floating point exception\s*\((?:core dumped|8|signal 8)\)|(?:^|:)\s*\d+ Floating point exception|^\s*Floating point exception\s*$|Signal: Floating point exception|Error at (?:host|Node \d+): floating point exception/i,
    reason: 'a number left the range of numbers (floating point exception)',
  },
  {
    rule: 'bus-error',
    kind: 'crashed',
    word: 'us error',
    // The shell's and MPI's report, not a table of a grid's buses.
    pattern: /(?:^|: ?|\d )\s*bus error\b(?:\s*$|\s*[(:])|\bsignal\b.*\bbus error\b/i,
    reason: 'the program reached for memory that could not be read (bus error)',
  },
  {
    rule: 'aborted',
    kind: 'crashed',
    word: 'borted',
    pattern: /\bAborted \(core dumped\)|(?:^|:)\s*\d+ Aborted\b|Signal: Aborted/,
    reason: 'the program gave up on itself (abort)',
  },
  {
    rule: 'out-of-memory',
    kind: 'crashed',
    word: 'emory',
    // A direct solver that has no room for its matrix says so too, and goes on with the disk: "out of core".
    pattern:
      /^(?!.*\b(?:in|out)[- ]?(?:of[- ]?)?core\b).*(?:\bout of memory\b|cannot allocate memory|oom[-_ ]kill(?:er|ed)?|\binsufficient (?:virtual )?memory\b|memory allocation (?:failed|error)|not enough (?:virtual )?memory)/i,
    reason: 'the machine ran out of memory',
  },
  {
    rule: 'out-of-memory-cxx',
    kind: 'crashed',
    word: 'std::bad_alloc',
    reason: 'the machine ran out of memory (bad_alloc)',
  },
  {
    rule: 'oom-kill',
    kind: 'killed',
    word: 'oom',
    pattern: /\boom[-_]kill|oom_reaper/,
    reason: 'the system killed the program because memory ran out',
  },
  {
    rule: 'disk-full',
    kind: 'crashed',
    word: 'No space left on device',
    reason: 'the disk is full',
  },
  {
    rule: 'disk-quota',
    kind: 'crashed',
    word: 'isk quota exceeded',
    reason: 'more was written than the quota of the disk allows',
  },
  {
    rule: 'mpi-abort',
    kind: 'crashed',
    word: 'MPI_ABORT was invoked',
    reason: 'one of the processes ended all of them (MPI_ABORT)',
  },
  {
    rule: 'mpi-abort-call',
    kind: 'crashed',
    word: 'application called MPI_Abort',
    reason: 'one of the processes ended all of them (MPI_Abort)',
  },
  {
    rule: 'mpi-call-failed',
    kind: 'crashed',
    word: 'Fatal error in ',
    pattern: /^\s*(?:\[\d+\]\s*)?Fatal error in (?:internal_)?P?MPI_\w+:/,
    reason: 'the processes lost each other (an MPI call failed)',
  },
  {
    rule: 'fortran',
    kind: 'crashed',
    word: 'forrtl: ',
    // It has warnings too.
    pattern: /^\s*forrtl: (?:severe|error)\b/,
    reason: 'the Fortran library ended the program because of an error',
  },
  {
    rule: 'mpi-termination',
    kind: 'crashed',
    word: 'BAD TERMINATION OF ONE',
    reason: 'one of the processes ended badly and took the others along',
  },
  {
    rule: 'mpi-signal',
    kind: 'crashed',
    word: 'exited on signal',
    pattern: /exited on signal (?!9\b|15\b)\d+/,
    reason: 'one of the processes ended by a signal',
  },
  {
    rule: 'mpi-killed',
    kind: 'killed',
    word: 'exited on signal',
    pattern: /exited on signal (?:9|15)\b/,
    reason: 'one of the processes was killed from outside',
  },
  {
    rule: 'mpi-exit',
    kind: 'crashed',
    word: 'mpirun detected that one or more processes exited with non-zero status',
    reason: 'one of the processes ended with an error',
  },
  {
    rule: 'killed-by-signal',
    kind: 'killed',
    word: 'KILLED BY SIGNAL',
    pattern: /KILLED BY SIGNAL: (?:9|15)\b/,
    reason: 'one of the processes was killed from outside',
  },
  {
    rule: 'killed-by-signal-number',
    kind: 'killed',
    word: 'illed by signal ',
    pattern: /\b[Kk]illed by signal (?:9|15)\b/,
    reason: 'one of the processes was killed from outside',
  },
  {
    rule: 'ended-by-signal',
    kind: 'crashed',
    word: 'BY SIGNAL',
    pattern: /(?:KILLED|TERMINATED) BY SIGNAL: (?!9\b|15\b)\d+/,
    reason: 'one of the processes ended by a signal',
  },
  {
    rule: 'killed',
    kind: 'killed',
    word: 'Killed',
    pattern: /^(?:[^\s:]+: (?:line )?\d+: +\d+ )?\s*Killed(?:\s*$|\s{2,}\S)/,
    reason: 'the program was killed from outside',
  },
  {
    rule: 'terminated',
    kind: 'killed',
    word: 'Terminated',
    pattern: /^(?:[^\s:]+: (?:line )?\d+: +\d+ )?\s*Terminated(?:\s*$|\s{2,}\S)/,
    reason: 'the program was told from outside to end',
  },
  {
    rule: 'srun-killed',
    kind: 'killed',
    word: 'srun: error: ',
    pattern: /^srun: error: .*: (?:task|tasks) [\d,-]+: (?:Killed|Terminated)\b/,
    reason: 'one of the processes was killed from outside',
  },
  {
    rule: 'srun-exit',
    kind: 'crashed',
    word: 'srun: error: ',
    pattern:
      /^srun: error: .*: (?:task|tasks) [\d,-]+: (?!Killed\b|Terminated\b)(?:Exited with exit code|\w+(?: \w+)? \(core dumped\)|Segmentation|Aborted|Bus|Floating)/,
    reason: 'one of the processes ended with an error',
  },
  {
    rule: 'platform-mpi-signal',
    kind: 'killed',
    word: 'killed before MPI_Finalize',
    reason: 'one of the processes was killed before its end',
  },
  {
    rule: 'lsf-limit',
    kind: 'killed',
    word: 'TERM_',
    pattern:
      /^TERM_(?:RUNLIMIT|MEMLIMIT|CPULIMIT|SWAP|OWNER|ADMIN|FORCE_OWNER|FORCE_ADMIN|CHKPNT|THREADLIMIT|PROCESSLIMIT): /,
    reason: 'the queue ended the job at one of its limits',
  },
  {
    rule: 'queue-killed',
    kind: 'killed',
    word: 'job killed',
    pattern: /PBS: job killed: \w+/,
    reason: 'the queue ended the job at one of its limits',
  },
  {
    rule: 'time-limit',
    kind: 'killed',
    word: 'DUE TO TIME LIMIT',
    reason: 'the queue ended the job at its time limit',
  },
  {
    rule: 'cancelled',
    kind: 'killed',
    word: 'CANCELLED',
    pattern: /\*\*\* (?:JOB|STEP) \S+ .*CANCELLED/,
    reason: 'the queue ended the job',
  },
  {
    rule: 'exit-code-0',
    kind: 'completed',
    word: 'Exited with code 0',
    pattern: /^\s*Exited with code 0\s*$/,
    reason: 'the command ended without an error (exit code 0)',
  },
  {
    rule: 'exit-code-signal',
    kind: 'killed',
    word: 'Exited with ',
    // 128 and the number of the signal: interrupted, killed, asked to end.
    pattern: /^\s*Exited with (?:exit )?code (?:130|137|143)\.?\s*$/,
    reason: 'the command was ended from outside',
  },
  {
    rule: 'exit-code',
    kind: 'crashed',
    word: 'Exited with ',
    pattern: /^\s*Exited with (?:exit )?code (?!(?:0|130|137|143)\.?\s*$)-?\d+\.?\s*$/,
    reason: 'the command ended with an error',
  },
];
