// What screens reach the manager by, handed down by context: API, queries, live stream, remembered settings.
// Created once in main.tsx (or by a test), never at import.
import { QueryClientProvider, type QueryClient } from '@tanstack/react-query';
import { createContext, use, useEffect, useSyncExternalStore, type ReactNode } from 'react';
import { createApi, type Api } from '../api/client.ts';
import { createLiveBridge } from '../api/live-bridge.ts';
import { LiveClient, type LiveState } from '../api/live-client.ts';
import { createQueries, type Queries } from '../api/queries.ts';
import { createQueryClient } from '../api/query-client.ts';
import type { Settings } from '../api/settings.ts';

export type Backend = {
  readonly api: Api;
  readonly queries: Queries;
  readonly live: LiveClient;
  readonly settings: Settings;
  readonly client: QueryClient;
};

export type BackendPorts = {
  readonly fetch: (input: string, init: RequestInit) => Promise<Response>;
  readonly openStream: (url: string) => EventSource;
  readonly settings: Settings;
};

export const createBackend = (ports: BackendPorts): Backend => {
  const client = createQueryClient();
  const live = new LiveClient({
    openStream: ports.openStream,
    now: Date.now,
    setTimer: (run, delayMs) => {
      const timer = setTimeout(run, delayMs);
      return () => clearTimeout(timer);
    },
    random: Math.random,
  });
  const api = createApi({
    fetch: ports.fetch,
    onSignedOut: () => client.setQueryData(['me'], null),
    onPasswordChangeNeeded: () => void client.invalidateQueries({ queryKey: ['me'] }),
    onUnreachable: () => live.suspect(),
  });
  live.subscribe(createLiveBridge(client));
  return { api, queries: createQueries(api), live, settings: ports.settings, client };
};

const BackendContext = createContext<Backend | null>(null);

export const BackendProvider = ({
  backend,
  children,
}: {
  readonly backend: Backend;
  readonly children: ReactNode;
}) => (
  <BackendContext value={backend}>
    <QueryClientProvider client={backend.client}>{children}</QueryClientProvider>
  </BackendContext>
);

export const useBackend = (): Backend => {
  const backend = use(BackendContext);
  if (backend === null) throw new Error('useBackend outside BackendProvider');
  return backend;
};

export const useLiveState = (): LiveState => {
  const { live } = useBackend();
  return useSyncExternalStore(live.subscribeState, live.getState);
};

/** Keeps one session fresh while the calling screen is shown. */
export const useWatchedSession = (id: number): void => {
  const { live } = useBackend();
  useEffect(() => live.watch(id), [live, id]);
};

/** Runs the live stream while somebody is signed in, and lets go of it while the tab is hidden for long. */
export const useLiveStream = (): void => {
  const { live } = useBackend();
  useEffect(() => {
    const onVisibility = () => live.setHidden(document.hidden);
    const onOnline = () => live.retryNow();
    live.start();
    document.addEventListener('visibilitychange', onVisibility);
    globalThis.addEventListener('online', onOnline);
    return () => {
      document.removeEventListener('visibilitychange', onVisibility);
      globalThis.removeEventListener('online', onOnline);
      live.stop();
    };
  }, [live]);
};
