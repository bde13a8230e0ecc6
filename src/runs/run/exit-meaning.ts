/**
 * What an exit code says by itself: 128 and the number of the signal that ended the process, as shells report it, and the
 * two that a shell gives when it could not run the command at all (POSIX, "Exit Status for Commands").
 */
const MEANINGS: Readonly<Record<number, string>> = {
  126: 'the command can’t be executed',
  127: 'command not found',
  130: 'interrupted',
  131: 'quit',
  132: 'illegal instruction',
  134: 'aborted by itself',
  135: 'bus error',
  136: 'floating point exception',
  137: 'killed or out of memory',
  139: 'memory fault',
  141: 'broken pipe',
  143: 'terminated',
  152: 'limit of processor time',
  153: 'limit of file size',
};

const SIGNALS = 128;
const MOST_SIGNALS = 64;

/** Null for a code that means what its program says it means. Some launchers give the signal as a negative number. */
function meaningOfExit(code: number): string | null {
  const known = code < 0 && code >= -MOST_SIGNALS ? SIGNALS - code : code;
  return MEANINGS[known] ?? null;
}

/** `exited with code 137 (killed or out of memory)`. */
export function exitText(code: number): string {
  const meaning = meaningOfExit(code);
  return meaning === null ? `exited with code ${code}` : `exited with code ${code} (${meaning})`;
}
