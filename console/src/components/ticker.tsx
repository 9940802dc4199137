// One timer for everything on a page that shows the passing of time: only the small texts render anew, never the graph around them.
import { createContext, use, useSyncExternalStore, type ReactNode } from 'react';

export type Ticker = { readonly subscribe: (listener: () => void) => () => void; readonly now: () => number };

/** A clock that ticks once per `intervalMs` while somebody listens. `now` stands still between ticks. */
export const createTicker = (intervalMs: number): Ticker => {
  const listeners = new Set<() => void>();
  let current = Date.now();
  let timer: ReturnType<typeof setInterval> | undefined;
  return {
    now: () => {
      if (timer === undefined && Date.now() - current >= intervalMs) current = Date.now();
      return current;
    },
    subscribe: (listener) => {
      listeners.add(listener);
      timer ??= setInterval(() => {
        current = Date.now();
        for (const each of listeners) each();
      }, intervalMs);
      return () => {
        listeners.delete(listener);
        if (listeners.size > 0) return;
        clearInterval(timer);
        timer = undefined;
      };
    },
  };
};

const TickerContext = createContext<Ticker | null>(null);
export const TickerProvider = ({
  ticker,
  children,
}: {
  readonly ticker: Ticker;
  readonly children: ReactNode;
}) => <TickerContext value={ticker}>{children}</TickerContext>;

const still = () => () => {};

/** The current second; does not tick when `running` is false. */
export const useNow = (running = true): number => {
  const ticker = use(TickerContext);
  if (ticker === null) throw new Error('useNow outside TickerProvider');
  return useSyncExternalStore(running ? ticker.subscribe : still, ticker.now);
};
