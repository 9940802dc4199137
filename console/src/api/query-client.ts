// How reads behave when they fail or grow old. Called by app/backend.tsx.
import { QueryClient } from '@tanstack/react-query';
import { isRetryable } from './api-problem.ts';

/** Tries of a read beyond the first; with the growing pause some six seconds, longer than a restart of the database. */
const retriesMax = 3;
/** Live messages keep data fresh; this only bounds how often a screen that is opened again loads. */
const staleMs = 5_000;

export const createQueryClient = (): QueryClient =>
  new QueryClient({
    defaultOptions: {
      queries: {
        retry: (failures, error) => failures < retriesMax && isRetryable(error),
        retryDelay: (failures) => Math.min(500 * 2 ** failures, 4_000),
        staleTime: staleMs,
        // A manager on loopback or in an isolated network is reachable while the browser believes itself offline.
        networkMode: 'always',
        refetchOnWindowFocus: false,
      },
      mutations: { networkMode: 'always', retry: false },
    },
  });
