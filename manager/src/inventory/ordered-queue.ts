// Hands items to a consumer that commits them: in order, one batch at a time, whatever has gathered in the meantime together.
// Responsible for the order and for telling how many frames wait. Not responsible for limits (the connection stops reading).
// Called by an agent's connection, once for receipts and once for output.

export type OrderedQueue<Item> = {
  push(items: readonly Item[]): void;
  /** Frames that are not committed yet. */
  readonly waiting: () => number;
  /** Resolves when nothing is under way any more; never rejects. */
  settled(): Promise<void>;
  /** Forgets what has not begun. */
  stop(): void;
};

export type OrderedQueueOptions<Item> = {
  readonly batchMax: number;
  /** The consumer of before, whose last batch must be through first. */
  readonly after: Promise<void>;
  readonly commit: (items: readonly Item[]) => Promise<void>;
  /** After each batch. */
  readonly onProgress: () => void;
  /** A batch was not committed; nothing more is handed on. */
  readonly onFailure: (error: unknown) => void;
};

export const createOrderedQueue = <Item>({
  batchMax,
  after,
  commit,
  onProgress,
  onFailure,
}: OrderedQueueOptions<Item>): OrderedQueue<Item> => {
  let frames: (readonly Item[])[] = [];
  let underway = 0;
  let stopped = false;
  let running: Promise<void> | undefined;

  const takeBatch = (): Item[] => {
    const batch: Item[] = [];
    let taken = 0;
    for (const frame of frames) {
      if (batch.length > 0 && batch.length + frame.length > batchMax) break;
      batch.push(...frame);
      taken += 1;
    }
    frames = frames.slice(taken);
    underway = taken;
    return batch;
  };

  const run = async (): Promise<void> => {
    await after;
    while (frames.length > 0 && !stopped) {
      try {
        await commit(takeBatch());
      } catch (error) {
        stopped = true;
        onFailure(error);
      }
      underway = 0;
      if (!stopped) onProgress();
    }
    running = undefined;
  };

  return {
    push(items) {
      if (stopped) return;
      frames.push(items);
      running ??= run();
    },
    waiting: () => frames.length + underway,
    settled: () => running ?? Promise.resolve(),
    stop() {
      stopped = true;
      frames = [];
    },
  };
};
