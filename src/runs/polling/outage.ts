import type { RescaleError } from '../../api/errors/errors';
import type { Trouble } from '../run/job-reading';
import type { Clock } from '../work/ports';

/** After this long (ms) of nothing but failures a person should know. */
export const WORTH_TELLING = 600_000;

/**
 * Turns the failures of many rounds into one error per outage: at once where only a person can help (a refused key),
 * else after ten minutes. The outage is over when every part of the work is well again.
 */
export interface Outage {
  /** `part` is whatever fails and heals on its own, such as a job. Returns the error to tell now, if any. */
  note(part: string, trouble: Trouble | null): RescaleError | null;
  /** The part is no longer worked on. */
  drop(part: string): void;
  /** The oldest trouble there is. */
  readonly trouble: Trouble | null;
  /** It needs a person: a refused key, or failing for so long. */
  readonly serious: boolean;
}

export function createOutage(clock: Clock): Outage {
  const troubles = new Map<string, Trouble>();
  let toldRefusal = false;
  let toldFailure = false;

  const oldest = () => {
    let found: Trouble | null = null;
    for (const trouble of troubles.values()) {
      if (isRefusal(trouble) && !(found && isRefusal(found))) found = trouble;
      else if (!found || (trouble.since < found.since && !isRefusal(found))) found = trouble;
    }
    return found;
  };
  const endIfWell = () => {
    if (troubles.size === 0) toldRefusal = toldFailure = false;
  };

  return {
    note(part, trouble) {
      if (!trouble) {
        this.drop(part);
        return null;
      }
      troubles.set(part, trouble);
      if (isRefusal(trouble)) {
        if (toldRefusal) return null;
        toldRefusal = true;
        return trouble.error;
      }
      if (toldFailure || clock.now() - trouble.since < WORTH_TELLING) return null;
      toldFailure = true;
      return trouble.error;
    },
    drop(part) {
      troubles.delete(part);
      endIfWell();
    },
    get trouble() {
      return oldest();
    },
    get serious() {
      const trouble = oldest();
      return trouble !== null && (isRefusal(trouble) || clock.now() - trouble.since >= WORTH_TELLING);
    },
  };
}

function isRefusal(trouble: Trouble): boolean {
  return trouble.error.code === 'RESCALE_AUTH';
}
