/** What a job's command comes to, as far as a simulator runs it. */
export interface CommandFacts {
  /** Seconds that it sleeps. */
  sleeps: number;
  exitCode: number;
  /** What it echoes. */
  printed: string[];
}

/** Reads `sleep N`, `echo TEXT`, `exit N`, `false` and `true`; everything else ends well at once. */
export function commandFacts(command: string): CommandFacts {
  const facts: CommandFacts = { sleeps: 0, exitCode: 0, printed: [] };
  for (const line of command.split(/\n|;|&&|\|\|/)) {
    const [, verb = '', rest = ''] = /^\s*(\S+)\s*(.*?)\s*$/.exec(line) ?? [];
    facts.exitCode = 0;
    if (verb === 'sleep') facts.sleeps += Number.parseFloat(rest) || 0;
    if (verb === 'echo') facts.printed.push(rest.replace(/^(["'])(.*)\1$/, '$2'));
    if (verb === 'false') facts.exitCode = 1;
    if (verb === 'exit') {
      facts.exitCode = (Number.parseInt(rest, 10) || 0) & 0xff;
      return facts;
    }
  }
  return facts;
}
