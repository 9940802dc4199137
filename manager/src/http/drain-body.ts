// Takes what is left of a refused body and drops it, within bounds, so that the client reads the refusal instead of a broken pipe.
// Called by the server's error answer.
import type { IncomingMessage } from 'node:http';

export type DrainLimits = { readonly bytesMax: number; readonly withinMs: number };

/** Resolves when the body has ended, the client is gone, or a bound is passed. Never rejects. */
export const drainBody = async (request: IncomingMessage, limits: DrainLimits): Promise<void> => {
  if (request.complete || request.destroyed) return;
  const { promise, resolve } = Promise.withResolvers<void>();
  let bytes = 0;
  const count = (chunk: Buffer): void => {
    bytes += chunk.length;
    if (bytes > limits.bytesMax) resolve();
  };
  const done = (): void => resolve();
  const bound = setTimeout(done, limits.withinMs);
  request.on('data', count).once('end', done).once('close', done).once('error', done);
  request.resume();
  await promise;
  clearTimeout(bound);
  request.off('data', count).off('end', done).off('close', done).off('error', done);
};
