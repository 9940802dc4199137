// Requests by operation and status. Called by the HTTP server after each answer.
import type { MetricsRegistry } from './registry.ts';

export type HttpMetrics = {
  readonly answered: (request: {
    /** Id of the operation; null: the console's files and whatever is none. */
    readonly operation: string | null;
    readonly status: number;
    readonly durationMs: number;
  }) => void;
};

/** From an answer out of memory to one that nearly ran into its limit. */
const BUCKETS_SECONDS = [0.005, 0.02, 0.1, 0.5, 2, 10, 40];
const MILLISECONDS = 1000;

export const createHttpMetrics = (registry: MetricsRegistry): HttpMetrics => {
  const requests = registry.counter(
    'nezuban_http_requests_total',
    'Requests answered, by operation and status',
  );
  const durations = registry.histogram(
    'nezuban_http_request_duration_seconds',
    'From the request to the end of its answer, by operation',
    BUCKETS_SECONDS,
  );
  return {
    answered({ operation, status, durationMs }) {
      const name = operation ?? 'other';
      requests.add({ operation: name, status: String(status) });
      durations.observe(durationMs / MILLISECONDS, { operation: name });
    },
  };
};
