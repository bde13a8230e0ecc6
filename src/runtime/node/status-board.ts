import type { Node, NodeAPI, NodeStatus } from 'node-red';
import { countedText, renderErrorText } from '../../api/errors/errors';
import { guarded, noteFault, startTimer } from '../../api/errors/guard';
import { valuesWithoutKeys } from '../../api/errors/known-keys';
import type { StatusKind } from '../definition/definition';
import { CATALOG, lookUp } from '../status/message-catalog';
import { statusTexts, type StatusKey, type StatusText } from '../status/status-texts';

/** Everything a node's status is made from, and the one place that decides which part of it is shown. */
export interface StatusBoard {
  /** What was done was done on the simulator, and the status says so. */
  simulated: boolean;
  /** A message is in progress from now on. The key names it until it ends. */
  begin(key: object): void;
  /** What it is busy with, instead of the node's own word for it. Shown while it is the only one. */
  busy(key: object, text: StatusText): void;
  /** It has ended, with this for the green dot, or whatever colour the text has. */
  end(key: object, text?: StatusText): void;
  /**
   * Trouble, before everything else; null when it is over. `until` (ms since the epoch) fills `__time__`. It heals
   * itself (yellow ring) unless it needs a person (red dot).
   */
  trouble(key: object, text: StatusText | null, until?: number, needsPerson?: boolean): void;
  /** What is shown when no message is in progress. */
  show(kind: StatusKind, text: StatusText): void;
  /** Takes back what `show` said last if it was of this kind, because it is not true any more. */
  clear(kind: StatusKind): void;
  /** Clears the status; nothing is shown any more. */
  close(): void;
}

/** At most this often, so that thousands of messages do not become thousands of statuses in every open editor. */
const INTERVAL = 250;

const DOTS: Record<StatusKind, Pick<NodeStatus, 'fill' | 'shape'>> = {
  busy: { fill: 'blue', shape: 'dot' },
  done: { fill: 'green', shape: 'dot' },
  trouble: { fill: 'yellow', shape: 'ring' },
  failed: { fill: 'red', shape: 'dot' },
  idle: { fill: 'grey', shape: 'ring' },
};

/** `busy` is the blue dot while messages are in progress, unless each of them says more. */
export function createStatusBoard(
  RED: NodeAPI,
  node: Pick<Node, 'status'>,
  busy: StatusKey | undefined,
): StatusBoard {
  const inProgress = new Map<object, StatusText | null>();
  const troubles = new Map<object, { kind: StatusKind; text: StatusText }>();
  let last: { kind: StatusKind; text: StatusText } | null = null;
  let shown = '';
  /** What `shown` was rendered from; thousands of changes leave most statuses as they are. */
  let rendered = '';
  let lastSent = -Infinity;
  let stopTimer: (() => void) | null = null;
  let closed = false;

  const changed = () => {
    if (closed || stopTimer !== null) return;
    const wait = lastSent + INTERVAL - performance.now();
    if (wait > 0) {
      stopTimer = startTimer(wait, due, { background: true });
      return;
    }
    let now = last;
    const count = inProgress.size;
    if (troubles.size > 0) now = [...troubles.values()].at(-1)!;
    else if (count > 0) {
      const [own] = count === 1 ? inProgress.values() : [null];
      const key = busy ?? (count === 1 ? 'working' : 'working-many');
      now = { kind: 'busy', text: own ?? (key === 'working' ? { key } : { key, values: { count } }) };
    }
    const source = now === null ? '' : JSON.stringify(now);
    if (source === rendered) return;
    rendered = source;
    let status: NodeStatus = {};
    let mark = '';
    if (now !== null) {
      const { kind, text } = now;
      // What the blue dot says of a single message is the same on the simulator.
      const ofWork = kind === 'done' || (kind === 'busy' && text.values !== undefined);
      const words = renderStatus(RED, text, board.simulated && ofWork);
      mark = `${kind} ${words}`;
      if (mark === shown) return;
      lastSent = performance.now();
      status = { ...DOTS[kind], text: words };
    }
    shown = mark;
    try {
      node.status(status);
    } catch (fault) {
      // Whoever listens to statuses may throw; a message must not fail for that.
      noteFault(fault);
    }
  };

  const due = () => {
    stopTimer = null;
    changed();
  };

  const board: StatusBoard = {
    simulated: false,
    begin(key) {
      inProgress.set(key, null);
      changed();
    },
    busy(key, text) {
      if (!inProgress.has(key)) return;
      inProgress.set(key, text);
      changed();
    },
    end(key, text) {
      inProgress.delete(key);
      troubles.delete(key);
      if (text) last = { kind: text.kind ?? 'done', text };
      // Who finds nothing sends no message, so a flow hears of it by the status alone, each time.
      if (text?.kind === 'idle') shown = rendered = '';
      changed();
    },
    trouble(key, text, until, needsPerson = false) {
      const kind = needsPerson ? 'failed' : 'trouble';
      if (text === null) troubles.delete(key);
      else troubles.set(key, { kind, text: until === undefined ? text : withTime(text, until) });
      changed();
    },
    show(kind, text) {
      last = { kind, text };
      changed();
    },
    clear(kind) {
      if (last?.kind !== kind) return;
      last = null;
      changed();
    },
    close() {
      closed = true;
      stopTimer?.();
      guarded(() => node.status({}))();
    },
  };
  return board;
}

function withTime(text: StatusText, until: number): StatusText {
  return { ...text, values: { ...text.values, time: new Date(until).toTimeString().slice(0, 8) } };
}

/**
 * A status text in the server's language, in English where the catalog has none; one without places is its key, and each browser shows
 * it in its own language.
 */
function renderStatus(RED: NodeAPI, text: StatusText, onSimulator = false): string {
  const { key } = text;
  if (!text.values && !onSimulator) return `${CATALOG}:status.${key}`;
  const values = valuesWithoutKeys(text.values ?? {});
  const words =
    lookUp(RED, CATALOG, `status.${key}`, values) ??
    renderErrorText(countedText<StatusKey>(statusTexts, key, values), values);
  return onSimulator ? renderStatus(RED, { key: 'on-simulator', values: { text: words } }) : words;
}
