/**
 * One piece of work after the other, in the order in which it was asked for, until all of it is cancelled.
 *
 * Cancelling aborts the piece under way and forgets the rest. The next piece begins only when the aborted one has let go, so two never
 * touch the directory at once. Called by the actor that owns the directory.
 */
export type Work = (signal: AbortSignal) => Promise<void>;

export type SerialQueue = {
  readonly add: (work: Work) => void;
  readonly cancelAll: () => void;
  /** Resolves when nothing is under way any more. */
  readonly settled: () => Promise<void>;
};

/** `onError` hears of work that failed without having been cancelled. */
export function createSerialQueue(onError: (error: unknown) => void): SerialQueue {
  let aborter = new AbortController();
  let tail: Promise<void> = Promise.resolve();

  return {
    add(work) {
      const { signal } = aborter;
      tail = tail.then(async () => {
        if (signal.aborted) return;
        try {
          await work(signal);
        } catch (error) {
          if (!signal.aborted) onError(error);
        }
      });
    },
    cancelAll() {
      aborter.abort(new Error('cancelled'));
      aborter = new AbortController();
    },
    settled: () => tail,
  };
}
