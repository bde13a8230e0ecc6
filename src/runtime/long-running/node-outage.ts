import type { Trouble } from '../../runs/run/job-reading';
import { createOutage } from '../../runs/polling/outage';
import type { NodeHost } from '../definition/definition';
import { failureText } from '../status/status-texts';

/** The troubles of everything that one node works on: shown while they last, reported to Catch once for each outage. */
interface NodeOutage {
  /** `part` is whatever fails and heals on its own; null when it is well again. */
  note(part: string, trouble: Trouble | null): void;
  /** The part is no longer worked on. */
  drop(part: string): void;
}

type Shown = Pick<NodeHost<never>, 'trouble'>;

export function createNodeOutage(host: Shown & Pick<NodeHost<never>, 'clock' | 'report'>): NodeOutage {
  const outage = createOutage(host.clock);
  return {
    note(part, trouble) {
      const error = outage.note(part, trouble);
      if (error) host.report(error);
      showOutage(host, outage);
    },
    drop(part) {
      outage.drop(part);
      showOutage(host, outage);
    },
  };
}

/** Yellow while it may heal by itself, red when it needs a person. */
export function showOutage(
  host: Shown,
  { trouble, serious }: { trouble: Trouble | null; serious: boolean },
): void {
  host.trouble(trouble && { key: failureText(trouble.error) }, undefined, serious);
}
