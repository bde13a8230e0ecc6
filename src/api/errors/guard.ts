/**
 * Whatever is thrown in a timer, a listener or a microtask has no caller that could catch it: it would end Node-RED and
 * every flow in it. So nothing here hands a callback to Node.js itself; it goes through these functions, and the lint
 * holds to that (`eslint.config.mjs`).
 */

type FaultListener = (fault: unknown) => void;

const listeners = new Set<FaultListener>();

/** Told of everything that a guarded callback threw. Returns the way to stop listening. */
export function onEscapedFault(listener: FaultListener): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Something that should not happen was thrown where nobody can catch it. Never throws. */
export function noteFault(fault: unknown): void {
  for (const listener of listeners) {
    try {
      listener(fault);
    } catch {
      // Then this one can't be told; the next may.
    }
  }
}

/** The same callback, which does not throw and whose promise does not reject. */
export function guarded<Args extends unknown[]>(
  callback: (...args: Args) => unknown,
): (...args: Args) => void {
  const call = (...args: Args) => {
    try {
      const result = callback(...args);
      if (typeof result === 'object' && result !== null && 'then' in result) {
        (result as PromiseLike<unknown>).then(undefined, noteFault);
      }
    } catch (fault) {
      noteFault(fault);
    }
  };
  // Node-RED tells by the number of parameters what a listener wants to be given.
  if (callback.length === 0) return call;
  return Object.defineProperty(call, 'length', { value: callback.length });
}

/** Calls back once after so many milliseconds; at most 24.8 days. Returns the way to call it off. */
export function startTimer(
  milliseconds: number,
  callback: () => unknown,
  { background = false } = {},
): () => void {
  const timer = setTimeout(guarded(callback), Math.min(milliseconds, LONGEST_TIMER));
  if (background) timer.unref();
  return () => clearTimeout(timer);
}

/** setTimeout fires at once beyond this. */
const LONGEST_TIMER = 2 ** 31 - 1;

/** Calls back when what is under way has come to an end. */
export function soon(callback: () => unknown): void {
  queueMicrotask(guarded(callback));
}

/** Goes on by itself: what it rejects with is noted, and nobody waits for it. */
export function inBackground(work: Promise<unknown>): void {
  work.then(undefined, noteFault);
}

/** Calls back when the work has ended, one way or the other. */
export function whenSettled(
  work: Promise<unknown>,
  fulfilled: () => unknown,
  rejected: (reason: unknown) => unknown = fulfilled,
): void {
  work.then(guarded(fulfilled), guarded(rejected));
}

/** What tells of events in one of the two ways there are. */
type Emitter<Args extends unknown[]> = {
  on(event: string, listener: (...args: Args) => void): unknown;
  off?(event: string, listener: (...args: Args) => void): unknown;
  removeListener?(event: string, listener: (...args: Args) => void): unknown;
};

/** Listens to an emitter. Returns the way to stop listening. */
export function listen<Args extends unknown[]>(
  emitter: Emitter<Args>,
  event: string,
  callback: (...args: Args) => unknown,
): () => void {
  const listener = guarded(callback);
  emitter.on(event, listener);
  // The nodes of Node-RED keep listeners of their own, of which their `off`, as every emitter has it, knows nothing.
  return () => void (emitter.removeListener ?? emitter.off)?.call(emitter, event, listener);
}

/** Who is to be told of an abort. Thousands may wait for one signal, and each of them would cost it a listener. */
const onAborts = new WeakMap<AbortSignal, Set<() => unknown>>();

/** Calls back when the signal is aborted, at once when it is already. Returns the way to stop listening. */
export function onAbort(signal: AbortSignal | undefined, callback: () => unknown): () => void {
  if (!signal) return () => {};
  if (signal.aborted) {
    guarded(callback)();
    return () => {};
  }
  const known = onAborts.get(signal);
  const callbacks = known ?? new Set();
  if (!known) {
    onAborts.set(signal, callbacks);
    const tell = () => callbacks.forEach((one) => guarded(one)());
    signal.addEventListener('abort', tell, { once: true });
  }
  // An own function, for one callback may be handed in twice.
  const entry = () => callback();
  callbacks.add(entry);
  return () => callbacks.delete(entry);
}
