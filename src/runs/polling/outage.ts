import type { RescaleError } from '../../api/errors/errors';
import type { Trouble } from '../run/job-reading';
import type { Clock } from '../tasks/ports';

/** After this long (ms) of nothing but failures a person should know. */
const WORTH_TELLING = 600_000;
/** So many parts that the key may not read are told one by one; more say nothing new. */
const MOST_FORBIDDEN = 10;

/**
 * Turns the failures of many rounds into one error per outage: at once where only a person can help (a refused key, an
 * address that never worked), else after ten minutes. A part that the key may not read is an outage of its own. Kinds do not
 * hide each other, and each is over when no part has it any more.
 */
interface Outage {
  /** `part` is whatever fails and heals on its own, such as a job. Returns the error to tell now, if any. */
  note(part: string, trouble: Trouble | null): RescaleError | null;
  /** The part is no longer worked on. */
  drop(part: string): void;
  /** The trouble that matters most: a refusal, or the oldest there is. */
  readonly trouble: Trouble | null;
  /** It needs a person: a refused key, or failing for so long. */
  readonly serious: boolean;
}

/** `key`: nothing can be read with it. `forbidden`: one part can't. `failure`: it may heal by itself. */
type Kind = 'key' | 'forbidden' | 'failure';

interface KindRule {
  /** Of two troubles the one with the lower rank is shown. */
  rank: number;
  /** Each part is told, not only the first of all. */
  perPart: boolean;
  /** A person must do something now. */
  atOnce(trouble: Trouble): boolean;
}

const RULES: Readonly<Record<Kind, KindRule>> = {
  key: { rank: 0, perPart: false, atOnce: () => true },
  forbidden: { rank: 1, perPart: true, atOnce: () => true },
  failure: { rank: 2, perPart: false, atOnce: neverWorked },
};

/** What an address that never worked fails with; a server that is down for a moment says something else. */
const OF_ADDRESS: readonly string[] = ['RESCALE_NETWORK', 'RESCALE_PROTOCOL', 'RESCALE_NOT_FOUND'];

export function createOutage(clock: Clock): Outage {
  const troubles = new Map<string, Trouble>();
  /** The parts that were told, by kind, and since when they failed. */
  const told: Record<Kind, Map<string, number>> = {
    key: new Map(),
    forbidden: new Map(),
    failure: new Map(),
  };

  const isDue = (trouble: Trouble) =>
    RULES[kindOf(trouble)].atOnce(trouble) || clock.monotonic() - trouble.since >= WORTH_TELLING;

  function worst(): Trouble | null {
    const rank = (trouble: Trouble) => RULES[kindOf(trouble)].rank;
    return [...troubles.values()].sort((a, b) => rank(a) - rank(b) || a.since - b.since)[0] ?? null;
  }

  /** Forgets what was told of kinds that no part has left, and of parts that have another now. */
  function endWhatIsOver(): void {
    for (const kind of Object.keys(told) as Kind[]) {
      const parts = [...troubles].filter(([, trouble]) => kindOf(trouble) === kind).map(([part]) => part);
      if (parts.length === 0) told[kind].clear();
      else if (RULES[kind].perPart) {
        for (const part of told[kind].keys()) if (!parts.includes(part)) told[kind].delete(part);
      }
    }
  }

  /** What fails since about the same time fails for the same reason; what fails later is an outage of its own. */
  function isTold(kind: Kind, part: string, { since }: Trouble): boolean {
    const before = told[kind];
    if (RULES[kind].perPart) return before.has(part) || before.size >= MOST_FORBIDDEN;
    if (kind === 'key') return before.size > 0;
    return [...before.values()].some((one) => Math.abs(one - since) < WORTH_TELLING);
  }

  function drop(part: string): void {
    troubles.delete(part);
    endWhatIsOver();
  }

  return {
    note(part, trouble) {
      if (!trouble) {
        drop(part);
        return null;
      }
      troubles.set(part, trouble);
      endWhatIsOver();
      const kind = kindOf(trouble);
      if (isTold(kind, part, trouble) || !isDue(trouble)) return null;
      told[kind].set(part, trouble.since);
      return trouble.error;
    },
    drop,
    get trouble() {
      return worst();
    },
    get serious() {
      const trouble = worst();
      return trouble !== null && isDue(trouble);
    },
  };
}

function kindOf({ error, undecided }: Trouble): Kind {
  if (error.code !== 'RESCALE_AUTH' || undecided) return 'failure';
  return error.statusCode === 403 || error.key === 'auth-job' ? 'forbidden' : 'key';
}

function neverWorked({ error, neverReached }: Trouble): boolean {
  return neverReached === true && OF_ADDRESS.includes(error.code);
}

/** Whether a platform has ever answered well to one key, since this process began to poll it. */
export interface Reachability {
  reached: boolean;
}
